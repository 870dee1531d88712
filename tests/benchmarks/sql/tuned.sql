-- The KPI set with what several KPIs rest on made once, and the shortcuts that these very data allow.

create table months as
select range as starts, range + interval 1 month as ends
from range(timestamp '2024-01-01', timestamp '2026-01-01', interval 1 month);

create table customers as
select customer_id, acquired_at, churned_at from read_csv('customers.csv');

create table orders as
select date_trunc('month', ordered_at) as month, ordered_at, customer_id,
    type <> 'refund' and amount >= 0 as is_sale,
    if(is_sale, amount, -abs(amount)) as amount, if(is_sale, cost, -abs(cost)) as cost
from read_csv('orders.csv', types = {'amount': 'decimal(18, 2)', 'cost': 'decimal(18, 2)'})
where status = 'completed';

create table buyer_months as
select customer_id, month, count(*) as orders, min(ordered_at) as first_at,
    min(first_at) over (partition by customer_id) as ever_first_at,
    lead(month) over (partition by customer_id order by month) as next_month
from orders
where is_sale and customer_id is not null
group by customer_id, month;

create table leads as
select created_at, customer_id, converted_at
from read_csv('leads.csv')
where status not in ('spam', 'test', 'invalid', 'duplicate');

create table tickets as
select created_at, status in ('solved', 'closed') as is_done, first_response_at, resolved_at,
    wait_seconds, agent_reply_count, reopened_count
from read_csv('tickets.csv')
where status not in ('spam', 'deleted', 'test') and merged_into_id is null;

create table answers as
select survey_type, date_trunc('month', responded_at) as month, responded_at, respondent_id,
    ticket_id, score, scale_min, scale_max
from read_csv('responses.csv')
where score between scale_min and scale_max;

create table employees as
select hired_at, terminated_at, termination_type
from read_csv('employees.csv')
where employment_type in ('employee', 'temp');

create table costs as
select date_trunc('month', incurred_at) as month, sum(amount) as amount
from read_csv('costs.csv', types = {'amount': 'decimal(18, 2)'})
where category = 'acquisition'
group by month;

-- Running totals of those who came and those who went; days are counted from the first of 2024.
create table members as
with changes as (
    select date_trunc('month', acquired_at) as month, 1 as came, 0 as went, 0 as went_at_once,
        date_diff('day', acquired_at, date '2024-01-01') as days
    from customers
    union all
    select date_trunc('month', churned_at) as month, 0, 1,
        (acquired_at >= date_trunc('month', churned_at))::int,
        date_diff('day', date '2024-01-01', churned_at)
    from customers
    where churned_at is not null
),
totals as (
    select month, sum(came) as came, sum(went) as went, sum(went_at_once) as went_at_once,
        sum(sum(came)) over so_far as all_came, sum(sum(went)) over so_far as all_went,
        sum(sum(days)) over so_far as days
    from changes
    group by month
    window so_far as (order by month)
)
select month, came as new_customers, all_came - all_went - came + went as customers_start,
    all_came - all_went as customers_end, went as customers_lost,
    went - went_at_once as customers_lost_net, customers_end + went as customers_present,
    days + customers_end * date_diff('day', date '2024-01-01', month + interval 1 month)
        as member_days,
    member_days / all_went / 365.25 as customer_lifespan
from totals
where month >= date '2024-01-01';

select month, new_customers, customers_start, customers_end, customers_lost,
    customers_lost_net, 0 as customers_returned,
    100 - 100 * customers_lost_net / customers_start as customer_retention_rate,
    100 * customers_lost_net / customers_start as customer_churn_rate,
    amount / new_customers as customer_acquisition_cost, customer_lifespan
from members
left join costs using (month);

with sales as (
    select month, sum(amount) as revenue, count(*) filter (is_sale) as sales_count,
        sum(amount) filter (is_sale) as sold,
        sum(amount - cost) filter (customer_id is not null) as customer_profit
    from orders
    group by month
),
buyers as (
    select month, sum(orders) as orders, count(*) as buyers,
        count(*) filter (ever_first_at < first_at or orders > 1) as repeat_buyers,
        count(*) filter (
            acquired_at < month + interval 1 month
            and (churned_at is null or churned_at >= month)
        ) as active
    from buyer_months
    left join customers using (customer_id)
    group by month
)
select month, revenue, sales_count, sold / sales_count as average_order_value,
    orders / buyers as purchase_frequency,
    100 * repeat_buyers / buyers as repeat_purchase_rate,
    customer_profit, customer_profit / customers_present as profit_per_customer,
    100 * active / customers_present as active_customer_rate
from sales
join buyers using (month)
join members using (month);

with changes as (
    select month, 1 as buyers from buyer_months
    union all
    select least(month + interval 12 month, next_month), -1 from buyer_months
),
buyers as (
    select month, sum(sum(buyers)) over (order by month) as buyers from changes group by month
),
sales as (
    select month, sum(sum(amount)) over the_year as sold, sum(count(*)) over the_year as sales,
        sum(count(customer_id)) over the_year as orders
    from orders
    where is_sale
    group by month
    window the_year as (order by month rows 11 preceding)
)
select month, sold / sales * orders / buyers * customer_lifespan as clv
from sales
join buyers using (month)
join members using (month);

with firsts as (
    select customer_id, min(first_at) as first_at from buyer_months group by customer_id
),
outcomes as (
    select created_at, if(leads.customer_id is null, converted_at, first_at) as won_at,
        100 * coalesce(won_at <= created_at + interval 90 day, false)::int as won
    from leads
    left join firsts using (customer_id)
    where first_at is null or first_at >= created_at
)
select date_trunc('month', created_at) as month, avg(won) as conversion_rate,
    avg(won) filter (created_at <= timestamp '2026-01-01' - interval 90 day)
        as "conversion_rate.mature_value"
from outcomes
group by 1;

select date_trunc('month', created_at) as month, count(*) as new_leads from leads group by 1;

select date_trunc('month', created_at) as month, count(*) as ticket_volume from tickets group by 1;

with changes as (
    select date_trunc('month', created_at) as month, 1 as unsolved,
        (first_response_at is null or first_response_at >= created_at)::int as unanswered
    from tickets
    union all
    select date_trunc('month', first_response_at) as month, 0, -1
    from tickets where first_response_at >= created_at
    union all
    select date_trunc('month', resolved_at) as month, -1, 0 from tickets where is_done
)
select month, sum(sum(unsolved)) over (order by month) as open_tickets_end,
    sum(sum(unanswered)) over (order by month) as "first_response_time.unanswered"
from changes
where month is not null
group by month;

select date_trunc('month', first_response_at) as month,
    avg(seconds) as first_response_time,
    quantile_cont(seconds, 0.5) as "first_response_time.median",
    quantile_cont(seconds, 0.9) as "first_response_time.p90",
    count(*) as "first_response_time.n"
from (
    select first_response_at, date_diff('second', created_at, first_response_at) as seconds
    from tickets
    where first_response_at >= created_at
)
group by 1;

select date_trunc('month', resolved_at) as month,
    avg(seconds) as average_resolution_time,
    quantile_cont(seconds, 0.5) as "average_resolution_time.median",
    quantile_cont(seconds, 0.9) as "average_resolution_time.p90",
    count(*) as "average_resolution_time.n",
    100 * avg((agent_reply_count <= 1 and reopened_count = 0)::int)
        as first_contact_resolution_rate
from (
    select *, date_diff('second', created_at, resolved_at) as seconds
    from tickets
    where is_done and resolved_at is not null
)
group by 1;

select date_trunc('month', created_at) as month,
    avg(wait_seconds) as average_wait_time,
    quantile_cont(wait_seconds, 0.5) as "average_wait_time.median",
    quantile_cont(wait_seconds, 0.9) as "average_wait_time.p90",
    count(*) as "average_wait_time.n"
from tickets
where wait_seconds >= 0
group by 1;

with latest as (
    select survey_type, month, arg_max(score, responded_at) as score
    from answers
    where survey_type in ('nps', 'enps') and respondent_id is not null
    group by survey_type, month, respondent_id
    union all
    select survey_type, month, score
    from answers
    where survey_type in ('nps', 'enps') and respondent_id is null
),
scores as (
    select survey_type, month, count(*) as answers,
        100 * (count(*) filter (score >= 9) - count(*) filter (score <= 6)) / count(*) as score
    from latest
    group by survey_type, month
)
select month, max(score) filter (survey_type = 'nps') as nps,
    max(score) filter (survey_type = 'enps' and answers >= 5) as enps  -- privacy
from scores
group by month;

with latest as (
    select survey_type, month, arg_max(score, responded_at) as score,
        arg_max(scale_min, responded_at) as low, arg_max(scale_max, responded_at) as high
    from answers
    where survey_type in ('csat', 'ces') and respondent_id is not null
        and ticket_id is not null
    group by survey_type, month, respondent_id, ticket_id
    union all
    select survey_type, month, score, scale_min, scale_max
    from answers
    where survey_type in ('csat', 'ces') and (respondent_id is null or ticket_id is null)
)
select month,
    100 * avg(((score - low) / (high - low) >= 0.75)::int) filter (survey_type = 'csat')
        as csat,
    avg(score) filter (survey_type = 'csat') as csat_mean,
    avg(score) filter (survey_type = 'ces') as ces
from latest
group by month;

with staff as (
    select starts, date_diff('day', starts, ends) as days,
        count(*) filter (hired_at >= starts) as hires,
        count(*) filter (terminated_at < ends and termination_type <> 'transfer_out')
            as separations,
        sum(date_diff(
            'day', greatest(hired_at, starts::date),
            least(coalesce(terminated_at + 1, ends::date), ends::date)
        )) as staff_days,
        avg(date_diff('day', hired_at, ends::date))
            filter (terminated_at is null or terminated_at >= ends) as tenure
    from months
    join employees on hired_at < ends and (terminated_at is null or terminated_at >= starts)
    group by starts, ends
)
select starts as month, hires, separations, staff_days / days as headcount_average,
    100 * separations * days / staff_days as employee_turnover_rate,
    tenure / 365.25 as average_tenure
from staff;
