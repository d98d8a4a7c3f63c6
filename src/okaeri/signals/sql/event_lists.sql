-- which names of events hold a word of which list
select distinct n.name, w.list
from (select distinct name from known_events) n
join signal_words w
    on contains(regexp_replace(lower(nfc_normalize(n.name)), '[^\p{L}\p{N}]+', '', 'g'), w.word)
