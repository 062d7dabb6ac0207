-- The index beside the WARC files: what was fetched when, and what each site is known to have.
-- A row is written after the records it speaks of; what lies behind the last row of a file was never finished.

CREATE TABLE IF NOT EXISTS runs (        -- one row a crawl
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,                 -- ISO 8601, UTC, as all times here
  finished TEXT,                         -- null: still going, or killed
  outcome TEXT,                          -- done, stopped or failed
  reason TEXT,
  warc TEXT NOT NULL,                    -- file name
  sites INTEGER,                         -- sums over the visits, by host see there: sites visited,
  blocked INTEGER,                       -- of them blocked,
  failed INTEGER,                        -- and failed or refused;
  fetched INTEGER,                       -- requests answered;
  unchanged INTEGER,                     -- reports
  new INTEGER,
  changed INTEGER,
  withdrawn INTEGER,
  refused INTEGER                        -- look-alikes
);
CREATE TABLE IF NOT EXISTS visits (      -- one row a site and run, written when the site is done
  run INTEGER NOT NULL REFERENCES runs(id),
  site TEXT NOT NULL,                    -- place and host
  place TEXT NOT NULL,                   -- GB/T 2260 code
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  visited TEXT NOT NULL,                 -- when the run began
  outcome TEXT NOT NULL,                 -- done, blocked, failed, refused
  reason TEXT NOT NULL,
  reports INTEGER NOT NULL,              -- reports that the site has, as far as known
  newest INTEGER,                        -- newest year of a report
  fetched INTEGER NOT NULL,              -- requests answered
  unchanged INTEGER NOT NULL,            -- reports looked at again and found the same
  new INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  refused INTEGER NOT NULL,              -- look-alikes
  failed INTEGER NOT NULL,               -- pages that could not be had
  PRIMARY KEY (run, site)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY,
  home TEXT,                             -- key of the page that discovery began at
  discovered TEXT                        -- when the way from the home page was last looked for
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS captures (    -- one row an answer
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(id),
  key TEXT NOT NULL,                     -- the request, without the scheme
  url TEXT NOT NULL,                     -- where the answer came from in the end
  fetched TEXT NOT NULL,
  status INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  payload TEXT NOT NULL,                 -- SHA-256 of the body
  content TEXT NOT NULL,                 -- SHA-256 of what does not move
  warc TEXT,                             -- file and offset of the record with the body
  offset INTEGER,
  change TEXT NOT NULL                   -- new: body stored; same: same body; alike: same in all that does not move
);
CREATE INDEX IF NOT EXISTS captures_by_key ON captures (key, id);
CREATE TABLE IF NOT EXISTS ends (        -- how far each file is whole
  warc TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (       -- what a site is known to have
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  role TEXT NOT NULL,                    -- list, report, refused or dead
  request TEXT NOT NULL,                 -- JSON
  title TEXT NOT NULL,                   -- as the list has it
  reason TEXT NOT NULL,
  listed TEXT NOT NULL,                  -- text and date in the list, a change of which tells of a new version
  year INTEGER,
  checked TEXT NOT NULL,                 -- when it was last fetched
  gone TEXT NOT NULL,                    -- since when the site no longer has it
  PRIMARY KEY (site, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (    -- a report as it once was, with its attachments
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(id),
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  published TEXT NOT NULL,
  content TEXT NOT NULL,
  capture INTEGER NOT NULL REFERENCES captures(id),
  attachments TEXT NOT NULL,             -- ids of captures, JSON
  name TEXT NOT NULL,                    -- of the place whose site it is
  loaded INTEGER NOT NULL                -- 0: not yet in the database, 1: there, 2: and held against other years
);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (site, key, id);
