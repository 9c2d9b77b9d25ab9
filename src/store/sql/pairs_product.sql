-- pairs_product.sql - a page of pairs, of one product, subcomponents too.
-- $1 tenant  $2 $3 the pair before the page  $4 limit  $5 latest created_at
-- $6 vulnerability  $7 product key  $8 $9 bounds of its subcomponents; null
-- is any
select vulnerability_id, product_key
from vex.observations
where tenant = $1
  and (vulnerability_id, product_key) > ($2, $3)
  and created_at <= $5
  and (product_key = $7 or (product_key >= $8 and product_key < $9))
group by vulnerability_id, product_key
order by vulnerability_id, product_key
limit $4
