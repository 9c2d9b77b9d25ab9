-- observation_differs.sqlite.sql - the id, where it is there with another
-- content digest.
-- $1 tenant  $2 observation id  $3 content digest
select observation_id, content_digest
from vex.observations
where tenant = $1 and observation_id = $2 and content_digest <> $3
