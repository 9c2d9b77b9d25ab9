-- aliased.sql - the names that claims about one product give each other.
-- $1 tenant  $2 product key  $3 latest created_at
select distinct vulnerability_id, aliases
from vex.observations
where tenant = $1 and product_key = $2 and aliases <> '[]'
  and created_at <= $3
order by vulnerability_id, aliases
