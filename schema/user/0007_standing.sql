-- Accounts are listed by standing, and by standing and rank, newest first.
CREATE INDEX account_status ON account (status, created_at, id);
CREATE INDEX account_status_role ON account (status, role, created_at, id);
