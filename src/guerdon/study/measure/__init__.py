"""What a loyalty program is to the business: retention, segments, lifetime value, promoter score, cost, deferred revenue, effect against a control group."""
