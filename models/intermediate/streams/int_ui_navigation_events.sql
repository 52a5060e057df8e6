{{ event_stream([
    'stg_page_viewed',
    'stg_button_clicked',
    'stg_app_download_faq_clicked',
]) }}
