-- which topics of tickets hold a word of which list
select distinct t.topic, w.list
from (select distinct topic from tickets where topic <> '') t
join signal_words w
    on contains(regexp_replace(lower(nfc_normalize(t.topic)), '[^\p{L}\p{N}]+', '', 'g'), w.word)
