-- pairs_product.sqlite.sql - a page of pairs, of one product, subcomponents
-- too. Each with how many claims there are, and whether any about its product
-- names aliases. By the product's index: the + keeps the planner from a walk
-- over the pairs of all products, which come in order.
-- $1 tenant  $2 $3 the pair before the page  $4 limit  $5 latest created_at
-- $6 vulnerability  $7 product key  $8 $9 bounds of its subcomponents; null
-- is any
select +vulnerability_id, product_key, count(*),
  exists (select 1 from vex.observations a
    where a.tenant = $1 and a.product_key = o.product_key
      and a.aliases <> '[]')
from vex.observations o
where tenant = $1
  and (+vulnerability_id, product_key) > ($2, $3)
  and created_at <= $5
  and (product_key = $7 or (product_key >= $8 and product_key < $9))
group by +vulnerability_id, product_key
order by +vulnerability_id, product_key
limit $4
