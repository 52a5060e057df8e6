{#
  The brand Cubot is ignored, because its "bot" does not mean a bot. The user agents of Android tablets lack "Mobile".
#}
{% macro device_class(user_agent) %}
    {% set agent = "replace(lower(" ~ user_agent ~ "), 'cubot', '')" %}
    {% set bot = ['bot|crawl|spider|slurp|headless|lighthouse|phantomjs|scrap|monitor|preview|facebookexternalhit|mediapartners',
        'google-|https?:|(curl|wget|python|java|okhttp|go-http|axios|node|ruby|perl|php|httpclient)[^ ]*/'] | join('|') %}
    {% set other = 'tv|web0s|bravia|crkey|; aft|roku|playstation|xbox|nintendo' %}
    {% set is_tablet = agent ~ " ~ '(ipad|playbook|kindle|silk)'"
        ~ " or " ~ agent ~ " like '%tablet%' and " ~ agent ~ " not like '%tablet pc%'"
        ~ " or " ~ agent ~ " like '%android%' and " ~ agent ~ " not like '%mobi%'" %}
    {{ return(
        "cast(case when " ~ user_agent ~ " is null then null"
        ~ " when " ~ agent ~ " ~ '(" ~ bot ~ ")' then 'bot'"
        ~ " when " ~ agent ~ " ~ '(" ~ other ~ ")' then 'other'"
        ~ " when " ~ is_tablet ~ " then 'tablet'"
        ~ " when " ~ agent ~ " ~ '(iphone|ipod|mobi|phone|symbian|midp|blackberry)' then 'mobile'"
        ~ " when " ~ agent ~ " ~ '(windows|macintosh|linux|cros|x11)' then 'desktop'"
        ~ " else 'other' end as varchar(16))"
    ) }}
{% endmacro %}
