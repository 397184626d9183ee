-- The federation assurance that no claim of a session's assertion exceeds. Whatever was accepted before has reached FAL1.
alter table "regional"."session" add column "fal_ceiling" int null default 1;
alter table "regional"."session" alter column "fal_ceiling" drop default;
