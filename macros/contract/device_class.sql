{#
  The brand Cubot is ignored, because its "bot" does not mean a bot. The user agents of Android tablets lack "Mobile", and so do those of
  Opera Mini on telephones. A regular expression
  of that many words takes several times as long as to look for each of them.
#}
{% macro device_class(user_agent, text) %}
    {% set agent = 'lower(' ~ text ~ ')' %}
    {% set tools = ['curl', 'wget', 'python', 'java', 'okhttp', 'go-http', 'axios', 'node', 'ruby', 'perl', 'php', 'httpclient'] %}
    {% set is_bot = [
        has_any_of("replace(" ~ agent ~ ", 'cubot', '')", ['bot']),
        has_any_of(agent, [
            'crawl', 'spider', 'slurp', 'headless', 'lighthouse', 'phantomjs', 'scrap', 'monitor', 'preview', 'facebookexternalhit',
            'mediapartners', 'google-', 'http:', 'https:',
        ]),
        '(' ~ has_any_of(agent, tools) ~ ') and ' ~ agent ~ " ~ '(" ~ tools | join('|') ~ ")[^ ]*/'",
    ] | join(' or ') %}
    {% set is_other = has_any_of(agent, ['tv', 'web0s', 'bravia', 'crkey', '; aft', 'roku', 'playstation', 'xbox', 'nintendo']) %}
    {% set is_tablet = has_any_of(agent, ['ipad', 'playbook', 'kindle', 'silk'])
        ~ " or strpos(" ~ agent ~ ", 'tablet') > 0 and strpos(" ~ agent ~ ", 'tablet pc') = 0"
        ~ " or strpos(" ~ agent ~ ", 'android') > 0 and strpos(" ~ agent ~ ", 'mobi') = 0 and strpos(" ~ agent ~ ", 'opera mini') = 0" %}
    {% set is_mobile = has_any_of(agent, ['iphone', 'ipod', 'mobi', 'phone', 'symbian', 'midp', 'blackberry', 'opera mini']) %}
    {% set is_desktop = has_any_of(agent, ['windows', 'macintosh', 'linux', 'cros', 'x11']) %}
    {{ return(
        'cast(case when ' ~ user_agent ~ " is null then null when " ~ is_bot ~ " then 'bot' when " ~ is_other ~ " then 'other' when "
        ~ is_tablet ~ " then 'tablet' when " ~ is_mobile ~ " then 'mobile' when " ~ is_desktop ~ " then 'desktop' else 'other' end"
        ~ ' as varchar(16))'
    ) }}
{% endmacro %}


{% macro has_any_of(text, words) %}
    {% set conditions = [] %}
    {% for word in words %}
        {% do conditions.append('strpos(' ~ text ~ ", '" ~ word ~ "') > 0") %}
    {% endfor %}
    {{ return(conditions | join(' or ')) }}
{% endmacro %}
