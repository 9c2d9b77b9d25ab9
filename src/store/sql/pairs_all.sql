-- pairs_all.sql - a page of pairs, in order.
-- $1 tenant  $2 $3 the pair before the page  $4 limit  $5 latest created_at
-- $6 vulnerability  $7 product key  $8 $9 bounds of its subcomponents; null
-- is any
select vulnerability_id, product_key
from vex.observations
where tenant = $1
  and (vulnerability_id, product_key) > ($2, $3)
  and created_at <= $5
group by vulnerability_id, product_key
order by vulnerability_id, product_key
limit $4
