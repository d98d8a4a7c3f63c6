-- How people write numbers, dates and yes or no. Each macro gives NULL for what it cannot read with certainty.

-- Upper case and half width; the long list is walked only for texts that have more than ASCII in them.
create macro okaeri_half(x) as case when strlen(x) = length(x) then trim(upper(x)) else trim(translate(upper(x),
    '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ．，：／＋－−﹣（）＄￥￦￡　' || chr(160) || chr(8239) || chr(8201) || chr(9),
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.,:/+---()$¥₩£     ')) end;

-- Without blanks at its ends; most texts have none, and the pattern sees that cheaply.
create macro okaeri_text(x) as
    case when regexp_full_match(x, '[!-~]([ -~]*[!-~])?') then x
         else nullif(trim(x, ' 　' || chr(9) || chr(10) || chr(13) || chr(160)), '') end;

-- Words that exports write where nothing is known.
create macro okaeri_id(x) as
    case when okaeri_text(x) in ('', '-', 'nan', 'NaN', 'NAN', 'null', 'NULL', 'Null', 'none', 'None', 'NONE', 'nil', 'NIL', 'n/a', 'N/A',
                    '#N/A', 'undefined', '<NA>', '<na>') then null
         else okaeri_text(x) end;

-- Numbers -----------------------------------------------------------------------------------------------------------

create macro okaeri_plain_number(x) as
    case when isfinite(try_cast(x as double)) and not contains(x, '_') then try_cast(x as double) end;

create macro okaeri_pointless_number(x) as case when not contains(x, '.') then okaeri_plain_number(x) end;

-- What is left of a number when its currency is taken away.
create macro okaeri_uncoined(half) as trim(regexp_replace(half,
    '(JPY|KRW|USD|EUR|GBP|CNY|RMB|TWD|HKD|AUD|CAD|NZD|SGD|CHF|THB|INR|US\$|HK\$|NT\$|A\$|C\$|S\$|[¥₩$€£₹฿]|円|원|元)', '', 'g'));

-- The digits and separators, with their sign around them; (…), a leading or a trailing minus, ▲ and △ mean below zero.
create macro okaeri_signed(uncoined) as nullif(regexp_extract(uncoined,
    '^(?:\([0-9.,'' ’]*[0-9][0-9.,]*\)|[-▲△+]? *[0-9.,'' ’]*[0-9][0-9.,]*|[0-9.,'' ’]*[0-9][0-9.,]* *-)$', 0), '');

create macro okaeri_point_digits(core) as
    case when regexp_full_match(core, '([0-9]{1,3}([, ''’][0-9]{2,3})*[, ''’][0-9]{3}|[0-9]+)?(\.[0-9]*)?')
         then try_cast(translate(core, ', ''’', '') as double) end;

create macro okaeri_comma_digits(core) as
    case when regexp_full_match(core, '([0-9]{1,3}([. ''’][0-9]{3})+|[0-9]+)?(,[0-9]*)?')
         then try_cast(replace(translate(core, '. ''’', ''), ',', '.') as double) end;

-- A comma that can only be a decimal sign, and a point that can only be one.
create macro okaeri_says_comma(core) as coalesce(regexp_full_match(core,
    '[0-9.]*,([0-9]{1,2}|[0-9]{4,})|0,[0-9]+|[0-9]{1,3}(\.[0-9]{3})+,[0-9]+|[0-9]{1,3}(\.[0-9]{3}){2,}'), false);

create macro okaeri_says_point(core) as coalesce(regexp_full_match(core,
    '[0-9,]*\.([0-9]{1,2}|[0-9]{4,})|0?\.[0-9]+|[0-9]{1,3}(,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(,[0-9]{3}){2,}'), false);

-- `yen` and `dollar` say which currency the bare signs stand for in this workspace.
create macro okaeri_currency_of(half, yen, dollar) as
    case when half is null or regexp_full_match(half, '[0-9.,() -]*') then null
         when regexp_matches(half, 'CNY|RMB|元') then 'CNY'
         when regexp_matches(half, 'JPY|円') then 'JPY'
         when regexp_matches(half, 'KRW|원|₩') then 'KRW'
         when regexp_matches(half, 'TWD|NT\$') then 'TWD'
         when regexp_matches(half, 'HKD|HK\$') then 'HKD'
         when regexp_matches(half, 'USD|US\$') then 'USD'
         when regexp_matches(half, 'AUD|A\$') then 'AUD'
         when regexp_matches(half, 'CAD|C\$') then 'CAD'
         when regexp_matches(half, 'SGD|S\$') then 'SGD'
         when regexp_matches(half, 'EUR|€') then 'EUR'
         when regexp_matches(half, 'GBP|£') then 'GBP'
         when regexp_matches(half, 'INR|₹') then 'INR'
         when regexp_matches(half, 'THB|฿') then 'THB'
         when regexp_matches(half, 'CHF') then 'CHF'
         when regexp_matches(half, 'NZD') then 'NZD'
         when contains(half, '¥') then yen
         when contains(half, '$') then dollar
    end;

create macro okaeri_currency(half, yen, dollar) as
    case when regexp_full_match(half, '[A-Z]{3}') then replace(half, 'RMB', 'CNY')
         else okaeri_currency_of(half, yen, dollar) end;

-- One row per text `x` of the table: the number with a decimal point, with a decimal comma, and, where a column has
-- both, only what can be read in one way; and the currency it states. `backslash` is what \ stands for: fonts show the
-- byte as the sign of the yen or the won, and what was typed with them has it there.
create macro okaeri_read_numbers(texts, yen, dollar, backslash := '\') as table
    with halves as materialized (
        select x, replace(okaeri_half(okaeri_id(x)), '\', backslash) as half from query_table(texts)),
    uncoined as materialized (select x, half, okaeri_uncoined(half) as uncoined from halves),
    cores as materialized (
        select x, half, trim(okaeri_signed(uncoined), '-▲△+() ') as core,
               case when regexp_matches(uncoined, '^[(▲△-]|-$') then -1 else 1 end as sign
        from uncoined),
    evidence as materialized (
        select x, half, core, sign * okaeri_point_digits(core) as point, sign * okaeri_comma_digits(core) as comma,
               okaeri_says_comma(core) as says_comma, okaeri_says_point(core) as says_point
        from cores)
    select x, point, comma, says_comma, says_point,
           case when regexp_full_match(core, '[0-9]{1,3}[.,][0-9]{3}') then null
                when says_comma then comma else point end as either,
           okaeri_currency_of(half, yen, dollar) as coin
    from evidence;

-- One row per text `x` of the table: the currency it names.
create macro okaeri_read_currencies(texts, yen, dollar, backslash := '\') as table
    with halves as materialized (
        select x, replace(okaeri_half(okaeri_id(x)), '\', backslash) as half from query_table(texts))
    select x, okaeri_currency(half, yen, dollar) as coin from halves;

-- Dates -------------------------------------------------------------------------------------------------------------

create macro okaeri_likely(t) as
    case when t >= timestamp '1900-01-01' and t < timestamp '2200-01-01' then t end;

-- Cheap and never wrong about "no zone is written here"; the full answer is okaeri_offset_minutes.
create macro okaeri_may_be_zoned(x) as
    strlen(x) > 10 and (right(x, 1) >= 'A' or contains(x, '+') or contains(substr(x, 11), '-'));

create macro okaeri_plain_time(x) as
    case when not okaeri_may_be_zoned(x) then okaeri_likely(try_cast(x as timestamp)) end;

-- ISO 8601 with its zone, as UTC; the session's zone is UTC.
create macro okaeri_zoned_time(x) as
    case when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)')
         then okaeri_likely(cast(try_cast(x as timestamptz) as timestamp)) end;

-- A date without the name of its weekday.
create macro okaeri_dated(half) as regexp_replace(regexp_replace(half,
    ' *\((MON|TUE|WED|THU|FRI|SAT|SUN|[月火水木金土日월화수목금토일])\)', ''),
    '^(MON|TUE|TUES|WED|WEDNES|THU|THURS|FRI|SAT|SATUR|SUN)(DAY)?,? +', '');

-- A year counted from an emperor's accession as a year of the common era; its first year may be written 元.
create macro okaeri_era(s) as regexp_extract(s,
    '^(令和|㋿|R|平成|㍻|H|昭和|㍼|S|大正|㍽|T|明治|㍾|M)\.? *([0-9]{1,2}|元)( *年.*|[-/.].*)$', ['era', 'year', 'rest']);

create macro okaeri_before_era(era) as
    case when era in ('令和', '㋿', 'R') then 2018 when era in ('平成', '㍻', 'H') then 1988
         when era in ('昭和', '㍼', 'S') then 1925 when era in ('大正', '㍽', 'T') then 1911 else 1867 end;

create macro okaeri_common_era(s, c) as
    case when c['era'] = '' then s
         else (okaeri_before_era(c['era']) + try_cast(replace(c['year'], '元', '1') as integer))::varchar || c['rest'] end;

create macro okaeri_month(name) as (strpos('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', name) + 2) // 3;

create macro okaeri_year_first(s) as regexp_extract(s,
    '^([0-9]{4})(?:[-/.]|\s*[年년]\.?)\s*([0-9]{1,2})(?:[-/.]|\s*[月월]\.?)\s*([0-9]{1,2})\s*[日일.]?((?:[T\s,].*)?)$', ['y', 'm', 'd', 'rest']);

create macro okaeri_year_last(s) as regexp_extract(s,
    '^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})((?:[T\s,].*)?)$', ['a', 'b', 'y', 'rest']);

create macro okaeri_short_year(s) as regexp_extract(s,
    '^([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})((?:[T\s,].*)?)$', ['a', 'b', 'c', 'rest']);

create macro okaeri_compact(s) as regexp_extract(s,
    '^((?:19|20|21)[0-9]{2})([0-9]{2})([0-9]{2})(?:[T ]?([0-9]{2}):?([0-9]{2}):?([0-9]{2})?)?$', ['y', 'm', 'd', 'h', 'i', 's']);

create macro okaeri_day_named(s) as regexp_extract(s,
    '^([0-9]{1,2})(?:ST|ND|RD|TH)?[-/., ]+(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/., ]+([0-9]{4})((?:[T\s,].*)?)$', ['d', 'm', 'y', 'rest']);

create macro okaeri_named_day(s) as regexp_extract(s,
    '^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/. ]+([0-9]{1,2})(?:ST|ND|RD|TH)?[-/., ]+([0-9]{4})((?:[T\s,].*)?)$', ['m', 'd', 'y', 'rest']);

create macro okaeri_ymd(y, m, d) as try_cast(y || '-' || lpad(m, 2, '0') || '-' || lpad(d, 2, '0') as date);

create macro okaeri_century(y) as case when length(y) = 2 then (case when y < '70' then '20' else '19' end) || y end;

create macro okaeri_clock(rest) as regexp_extract(rest,
    '^[T,\s]*(AM|PM|A\.M\.|P\.M\.|午前|午後|오전|오후)?\s*([0-9]{1,2})\s*(?:[:時시]\s*([0-9]{1,2})?)?\s*[:分분]?\s*(?:([0-9]{1,2})(?:[.,]([0-9]{1,9}))?)?\s*[秒초]?\s*(AM|PM|A\.M\.|P\.M\.)?\s*(Z|UTC|GMT|JST|KST|[-+][0-9]{1,2}(?::?[0-9]{2})?)?$',
    ['before', 'h', 'i', 's', 'f', 'after', 'zone']);

create macro okaeri_half_day(c) as
    case when concat(c['before'], c['after']) = '' then ''
         when regexp_matches(concat(c['before'], c['after']), 'P|午後|오후') then 'pm' else 'am' end;

create macro okaeri_hour(c, half_day) as
    case half_day
         when '' then case when try_cast(c['h'] as integer) < 24 then try_cast(c['h'] as integer) end
         else case when try_cast(c['h'] as integer) between 0 and 12
                   then try_cast(c['h'] as integer) % 12 + case half_day when 'pm' then 12 else 0 end end end;

create macro okaeri_sixty(digits) as
    case when digits = '' then 0 when try_cast(digits as integer) < 60 then try_cast(digits as integer) end;

-- Microseconds since local midnight; an hour alone ("9") is no time, "9 PM" and "9時" are.
create macro okaeri_time_of_day(rest, hour, clock) as
    case when trim(rest, ' T,') = '' then 0
         when not regexp_matches(rest, '[:時시]|AM|PM|午|오') then null
         else (hour * 3600 + okaeri_sixty(clock['i']) * 60 + okaeri_sixty(clock['s'])) * 1000000::bigint
              + try_cast(rpad(substr(clock['f'], 1, 6), 6, '0') as bigint) end;

create macro okaeri_zone_minutes(zone) as
    case when zone is null or zone = '' then null
         when zone in ('Z', 'UTC', 'GMT') then 0
         when zone in ('JST', 'KST') then 540
         else (case left(zone, 1) when '-' then -1 else 1 end)
              * (try_cast(regexp_extract(zone, '^[-+]([0-9]{1,2})', 1) as integer) * 60
                 + coalesce(try_cast(regexp_extract(zone, '^[-+][0-9]{1,2}:?([0-9]{2})$', 1) as integer), 0)) end;

create macro okaeri_unix(s) as
    case when regexp_full_match(s, '[0-9]{9,10}(\.0)?') then epoch_ms(cast(try_cast(s as double) as bigint) * 1000)
         when regexp_full_match(s, '[0-9]{12,13}(\.0)?') then epoch_ms(cast(try_cast(s as double) as bigint))
         when regexp_full_match(s, '[0-9]{15,16}') then make_timestamp(try_cast(s as bigint)) end;

create macro okaeri_compact_micros(c) as
    case when c['h'] = '' then 0
         when c['h'] < '24' then
              (try_cast(c['h'] as bigint) * 3600 + okaeri_sixty(c['i']) * 60 + okaeri_sixty(c['s'])) * 1000000::bigint end;

create macro okaeri_moment(day, micros) as okaeri_likely(make_timestamp(epoch_us(cast(day as timestamp)) + micros));

-- One row per text `x` of the table: the wall-clock time it states, by the order of day and month; the minutes east of
-- UTC if it states a zone; the UTC time if it is a Unix time; and what it proves about the order of the column.
create macro okaeri_read_dates(texts) as table
    with halves as materialized (select x, okaeri_half(okaeri_id(x)) as half from query_table(texts)),
    dated as materialized (select x, half, okaeri_dated(half) as s from halves),
    cleaned as materialized (select x, half, okaeri_common_era(s, okaeri_era(s)) as s from dated),
    parts as materialized (
        select x, half, okaeri_compact(half) as compact, okaeri_year_first(s) as first, okaeri_year_last(s) as last,
               okaeri_day_named(s) as dayed, okaeri_named_day(s) as named, okaeri_short_year(s) as short
        from cleaned),
    rests as materialized (
        select *, concat(first['rest'], last['rest'], dayed['rest'], named['rest'], short['rest']) as rest from parts),
    clocks as materialized (select *, okaeri_clock(rest) as clock from rests),
    hours as materialized (select *, okaeri_hour(clock, okaeri_half_day(clock)) as hour from clocks),
    times as materialized (
        select *, case when compact['y'] <> '' then okaeri_compact_micros(compact)
                       else okaeri_time_of_day(rest, hour, clock) end as micros,
               case when compact['y'] <> '' then okaeri_ymd(compact['y'], compact['m'], compact['d'])
                    when first['y'] <> '' then okaeri_ymd(first['y'], first['m'], first['d'])
                    when dayed['y'] <> '' then okaeri_ymd(dayed['y'], okaeri_month(dayed['m'])::varchar, dayed['d'])
                    when named['y'] <> '' then okaeri_ymd(named['y'], okaeri_month(named['m'])::varchar, named['d'])
               end as sure
        from hours)
    select x,
           okaeri_moment(coalesce(sure, case when short['a'] <> '' then okaeri_ymd(okaeri_century(short['c']), short['b'], short['a'])
                                             else okaeri_ymd(last['y'], last['b'], last['a']) end), micros) as dmy,
           okaeri_moment(coalesce(sure, case when short['a'] <> '' then okaeri_ymd(okaeri_century(short['c']), short['a'], short['b'])
                                             else okaeri_ymd(last['y'], last['a'], last['b']) end), micros) as mdy,
           okaeri_moment(coalesce(sure, case when short['a'] <> '' then okaeri_ymd(okaeri_century(short['a']), short['b'], short['c']) end), micros) as ymd,
           okaeri_zone_minutes(clock['zone']) as offset_minutes,
           okaeri_zoned_time(trim(x)) as zoned,
           case when sure is null then okaeri_likely(okaeri_unix(half)) end as unix,
           coalesce(try_cast(last['a'] as integer) > 12 and try_cast(last['b'] as integer) <= 12, false) as proves_dmy,
           coalesce(try_cast(last['b'] as integer) > 12 and try_cast(last['a'] as integer) <= 12, false) as proves_mdy,
           coalesce(last['y'] <> '' and last['a'] <> last['b'], false) as needs_order,
           coalesce(short['a'] <> '', false) as has_short_year
    from times;

-- Yes and no --------------------------------------------------------------------------------------------------------

create macro okaeri_flag(x) as
    case when okaeri_half(x) in ('1', '1.0', 'TRUE', 'T', 'YES', 'Y', 'ON', 'はい', '有', 'あり', '○', '◯', '예', '네', 'O') then true
         when okaeri_half(x) in ('0', '0.0', 'FALSE', 'F', 'NO', 'N', 'OFF', 'いいえ', '無', 'なし', '×', '아니요', '아니오', 'X') then false end;

create macro okaeri_is_return(x) as
    regexp_matches(lower(x), 'cancel|refund|return|void|chargeback|キャンセル|返品|返金|取消|取り消|취소|환불|반품')
    and not regexp_matches(lower(x), 'partial|一部|부분');
