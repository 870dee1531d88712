-- The KPI set as one would write it down: every file loaded once, in the columns in need, and a
-- query per KPI. Statements whose first column is `month` give values under the names of the others.
create table months as
select range as starts, range + interval 1 month as ends
from range(timestamp '2024-01-01', timestamp '2026-01-01', interval 1 month);

create table customers as
select customer_id, acquired_at, churned_at from read_csv('customers.csv');

create table orders as
select order_id, ordered_at, customer_id, amount, cost, status, type
from read_csv('orders.csv', types = {'amount': 'decimal(18, 2)', 'cost': 'decimal(18, 2)'});

create table leads as
select lead_id, created_at, customer_id, status, converted_at from read_csv('leads.csv');

create table tickets as
select ticket_id, created_at, status, first_response_at, resolved_at, wait_seconds,
    agent_reply_count, reopened_count, merged_into_id
from read_csv('tickets.csv');

create table answers as
select response_id, survey_type, responded_at, respondent_id, ticket_id, score, scale_min, scale_max
from read_csv('responses.csv');

create table employees as
select hired_at, terminated_at, termination_type, employment_type from read_csv('employees.csv');

create table costs as
select incurred_at, amount, category
from read_csv('costs.csv', types = {'amount': 'decimal(18, 2)'});

-- Completed orders; refunds bear negative amounts.
create view sales as
select order_id, customer_id, ordered_at, date_trunc('month', ordered_at) as month,
    type <> 'refund' and amount >= 0 as is_sale,
    if(is_sale, amount, -abs(amount)) as amount, if(is_sale, cost, -abs(cost)) as cost
from orders
where status = 'completed';

create view good_tickets as
select * from tickets where status not in ('spam', 'deleted', 'test') and merged_into_id is null;

create view good_leads as
select * from leads where status not in ('spam', 'test', 'invalid', 'duplicate');

create view good_answers as
select *, date_trunc('month', responded_at) as month
from answers
where score between scale_min and scale_max;

create view staff as
select * from employees where employment_type in ('employee', 'temp');

-- Customers

select date_trunc('month', acquired_at) as month, count(*) as new_customers
from customers
group by month;

select starts as month, count(*) as customers_start
from months
join customers on acquired_at < starts and (churned_at is null or churned_at >= starts)
group by month;

select starts as month, count(*) as customers_end
from months
join customers on acquired_at < ends and (churned_at is null or churned_at >= ends)
group by month;

select date_trunc('month', churned_at) as month, count(*) as customers_lost
from customers
group by month;

select date_trunc('month', churned_at) as month, count(*) as customers_lost_net
from customers
where acquired_at < date_trunc('month', churned_at)
group by month;

select starts as month, 0 as customers_returned from months;

select starts as month,
    100 * avg((churned_at is null or churned_at >= ends)::int) as customer_retention_rate
from months
join customers on acquired_at < starts and (churned_at is null or churned_at >= starts)
group by month;

select starts as month, 100 * avg(coalesce(churned_at < ends, false)::int) as customer_churn_rate
from months
join customers on acquired_at < starts and (churned_at is null or churned_at >= starts)
group by month;

with bought as (
    select distinct month, customer_id from sales where is_sale
)
select starts as month, 100 * count(bought.customer_id) / count(*) as active_customer_rate
from months
join customers on acquired_at < ends and (churned_at is null or churned_at >= starts)
left join bought on bought.month = starts and bought.customer_id = customers.customer_id
group by starts;

select starts as month,
    sum(date_diff('day', acquired_at, least(coalesce(churned_at, ends), ends)::date))
        / count(*) filter (churned_at < ends) / 365.25 as customer_lifespan
from months
join customers on acquired_at < ends
group by month;

with spent as (
    select date_trunc('month', incurred_at) as month, sum(amount) as amount
    from costs
    where category = 'acquisition'
    group by month
),
won as (
    select date_trunc('month', acquired_at) as month, count(*) as customers
    from customers
    group by month
)
select month, amount / customers as customer_acquisition_cost
from spent
join won using (month);

-- Sales

select month, sum(amount) as revenue from sales group by month;

select month, count(*) as sales_count from sales where is_sale group by month;

select month, avg(amount) as average_order_value from sales where is_sale group by month;

select month, count(*) / count(distinct customer_id) as purchase_frequency
from sales
where is_sale and customer_id is not null
group by month;

with ranked as (
    select month, customer_id,
        row_number() over (partition by customer_id order by ordered_at) as number
    from sales
    where is_sale and customer_id is not null
),
buyers as (
    select month, customer_id, max(number) as number from ranked group by month, customer_id
)
select month, 100 * avg((number > 1)::int) as repeat_purchase_rate from buyers group by month;

select month, sum(amount - cost) as customer_profit
from sales
where customer_id is not null
group by month;

with profits as (
    select month, sum(amount - cost) as profit
    from sales
    where customer_id is not null
    group by month
),
present as (
    select starts as month, count(*) as customers
    from months
    join customers on acquired_at < ends and (churned_at is null or churned_at >= starts)
    group by month
)
select month, profit / customers as profit_per_customer from profits join present using (month);

with bought as (
    select starts as month, avg(amount) as order_value,
        count(customer_id) / count(distinct customer_id) as frequency
    from months
    join sales on ordered_at < ends and ordered_at >= ends - interval 12 month
    where is_sale
    group by starts
),
lifespans as (
    select starts as month,
        sum(date_diff('day', acquired_at, least(coalesce(churned_at, ends), ends)::date))
            / count(*) filter (churned_at < ends) / 365.25 as years
    from months
    join customers on acquired_at < ends
    group by month
)
select month, order_value * frequency * years as clv from bought join lifespans using (month);

-- Leads

select date_trunc('month', created_at) as month, count(*) as new_leads
from good_leads
group by month;

with outcomes as (
    select lead_id, created_at, good_leads.customer_id, converted_at,
        min(ordered_at) filter (ordered_at >= created_at) as ordered_at,
        coalesce(bool_or(ordered_at < created_at), false) as was_customer
    from good_leads
    left join sales on sales.customer_id = good_leads.customer_id and is_sale
    group by all
),
judged as (
    select created_at,
        coalesce(
            if(customer_id is null, converted_at, ordered_at) <= created_at + interval 90 day, false
        )::int as won
    from outcomes
    where not was_customer
)
select date_trunc('month', created_at) as month, 100 * avg(won) as conversion_rate,
    100 * avg(won) filter (created_at <= timestamp '2026-01-01' - interval 90 day)
        as "conversion_rate.mature_value"
from judged
group by month;

-- Tickets

select date_trunc('month', created_at) as month, count(*) as ticket_volume
from good_tickets
group by month;

select starts as month, count(*) as open_tickets_end
from months
join good_tickets
    on created_at < ends and (status not in ('solved', 'closed') or resolved_at >= ends)
group by month;

select date_trunc('month', first_response_at) as month, avg(seconds) as first_response_time,
    quantile_cont(seconds, 0.5) as "first_response_time.median",
    quantile_cont(seconds, 0.9) as "first_response_time.p90",
    count(*) as "first_response_time.n"
from (
    select first_response_at, date_diff('second', created_at, first_response_at) as seconds
    from good_tickets
    where first_response_at >= created_at
)
group by month;

select starts as month, count(*) as "first_response_time.unanswered"
from months
join good_tickets
    on created_at < ends and (first_response_at is null or first_response_at >= ends)
group by month;

select date_trunc('month', resolved_at) as month, avg(seconds) as average_resolution_time,
    quantile_cont(seconds, 0.5) as "average_resolution_time.median",
    quantile_cont(seconds, 0.9) as "average_resolution_time.p90",
    count(*) as "average_resolution_time.n"
from (
    select resolved_at, date_diff('second', created_at, resolved_at) as seconds
    from good_tickets
    where status in ('solved', 'closed') and resolved_at is not null
)
group by month;

select date_trunc('month', created_at) as month, avg(wait_seconds) as average_wait_time,
    quantile_cont(wait_seconds, 0.5) as "average_wait_time.median",
    quantile_cont(wait_seconds, 0.9) as "average_wait_time.p90",
    count(*) as "average_wait_time.n"
from good_tickets
where wait_seconds >= 0
group by month;

select date_trunc('month', resolved_at) as month,
    100 * avg((agent_reply_count <= 1 and reopened_count = 0)::int) as first_contact_resolution_rate
from good_tickets
where status in ('solved', 'closed') and resolved_at is not null
group by month;

-- Answers: the last one of a respondent counts, one by one where nobody is named.

with latest as (
    select month, arg_max(score, responded_at) as score
    from good_answers
    where survey_type = 'nps'
    group by month, coalesce(respondent_id, response_id)
)
select month,
    100 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) as nps
from latest
group by month;

with latest as (
    select month, arg_max(score, responded_at) as score
    from good_answers
    where survey_type = 'enps'
    group by month, coalesce(respondent_id, response_id)
)
select month,
    100 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) as enps
from latest
group by month
having count(*) >= 5;  -- privacy

with latest as (
    select month, arg_max(score, responded_at) as score,
        arg_max(scale_min, responded_at) as low, arg_max(scale_max, responded_at) as high
    from good_answers
    where survey_type = 'csat'
    group by month, if(ticket_id is null, response_id, coalesce(respondent_id, response_id)),
        ticket_id
)
select month, 100 * avg(((score - low) / (high - low) >= 0.75)::int) as csat
from latest
group by month;

with latest as (
    select month, arg_max(score, responded_at) as score
    from good_answers
    where survey_type = 'csat'
    group by month, if(ticket_id is null, response_id, coalesce(respondent_id, response_id)),
        ticket_id
)
select month, avg(score) as csat_mean from latest group by month;

with latest as (
    select month, arg_max(score, responded_at) as score
    from good_answers
    where survey_type = 'ces'
    group by month, if(ticket_id is null, response_id, coalesce(respondent_id, response_id)),
        ticket_id
)
select month, avg(score) as ces from latest group by month;

-- Employees

select date_trunc('month', hired_at) as month, count(*) as hires from staff group by month;

select date_trunc('month', terminated_at) as month, count(*) as separations
from staff
where termination_type <> 'transfer_out'
group by month;

select starts as month,
    sum(date_diff(
        'day', greatest(hired_at, starts::date),
        least(coalesce(terminated_at + 1, ends::date), ends::date)
    )) / date_diff('day', starts, ends) as headcount_average
from months
join staff on hired_at < ends and (terminated_at is null or terminated_at >= starts)
group by starts, ends;

select starts as month,
    100 * count(*) filter (terminated_at < ends and termination_type <> 'transfer_out')
        * date_diff('day', starts, ends)
        / sum(date_diff(
            'day', greatest(hired_at, starts::date),
            least(coalesce(terminated_at + 1, ends::date), ends::date)
        )) as employee_turnover_rate
from months
join staff on hired_at < ends and (terminated_at is null or terminated_at >= starts)
group by starts, ends;

select starts as month, avg(date_diff('day', hired_at, ends::date)) / 365.25 as average_tenure
from months
join staff on hired_at < ends and (terminated_at is null or terminated_at >= ends)
group by month;
