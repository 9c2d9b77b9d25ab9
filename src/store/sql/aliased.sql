-- aliased.sql - the names that claims about one product give each other.
-- $1 tenant  $2 product key  $3 latest time
-- $4 by log, as in claims.sql
select distinct vulnerability_id, aliases
from vex.observations
where tenant = $1 and product_key = $2 and aliases <> '[]'
  and case when $4 then coalesce(rekor_integrated_time, rekor_linked_at)
    else created_at end <= $3
order by vulnerability_id, aliases
