-- The least and the greatest number that a metric ever had; null while it had nothing but NaN. Of metrics that were logged before, the points
-- in their blocks are not looked through: their latest value counts, until more is logged.
alter table latest_metrics add column least double precision;
alter table latest_metrics add column greatest double precision;
update latest_metrics set least = value, greatest = value where is_nan = 0;
