-- pairs_then.sql - a page of pairs, in order, for looking at two times.
-- Each with how many claims there are, whether any about its product names
-- aliases, and how many claims there were at the earlier time.
-- $1 tenant  $2 $3 the pair before the page  $4 limit  $5 latest created_at
-- $6 the earlier time
select vulnerability_id, product_key, count(*),
  exists (select 1 from vex.observations a
    where a.tenant = $1 and a.product_key = o.product_key
      and a.aliases <> '[]'),
  count(case when created_at <= $6 then 1 end)
from vex.observations o
where tenant = $1
  and (vulnerability_id, product_key) > ($2, $3)
  and created_at <= $5
group by vulnerability_id, product_key
order by vulnerability_id, product_key
limit $4
