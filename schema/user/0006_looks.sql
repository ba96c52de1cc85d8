-- How a name looks, so that nobody is taken for somebody else; of accounts from before it is filled in at a start.
ALTER TABLE account ADD COLUMN username_look TEXT CHECK (length(username_look) <= 420);
ALTER TABLE account ADD COLUMN display_look TEXT CHECK (length(display_look) <= 420);
CREATE INDEX account_username_look ON account (username_look);
CREATE INDEX account_ranked_look ON account (display_look) WHERE role <> 'USER';
