-- claims_count.sql - how much was said about one product and one
-- vulnerability.
-- $1 tenant  $2 vulnerability  $3 product key  $4 latest created_at
select count(*)
from vex.observations
where tenant = $1 and vulnerability_id = $2 and product_key = $3
  and created_at <= $4
