-- The index beside the WARC files: what was fetched when, and which pages each site is known to have.
-- Rows are written after the records they refer to; bytes of a file beyond its row in `ends` are unfinished.

CREATE TABLE IF NOT EXISTS runs (        -- one row per crawl
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,                 -- ISO 8601, UTC, as all times here
  finished TEXT,                         -- null: still running, or killed
  outcome TEXT,                          -- done, stopped, failed or killed
  reason TEXT,
  warc TEXT NOT NULL,                    -- file name
  sites INTEGER,                         -- totals over the visits: sites visited,
  blocked INTEGER,                       -- sites blocked,
  failed INTEGER,                        -- sites failed or refused,
  fetched INTEGER,                       -- requests answered,
  unchanged INTEGER,                     -- reports unchanged, new, changed, withdrawn,
  new INTEGER,
  changed INTEGER,
  withdrawn INTEGER,
  refused INTEGER                        -- look-alikes rejected
);
CREATE TABLE IF NOT EXISTS visits (      -- one row per site and run, written when the visit ends
  run INTEGER NOT NULL REFERENCES runs(id),
  site TEXT NOT NULL,                    -- place and host
  place TEXT NOT NULL,                   -- GB/T 2260 code
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  visited TEXT NOT NULL,                 -- start of the run
  outcome TEXT NOT NULL,                 -- done, blocked, failed, refused
  reason TEXT NOT NULL,
  reports INTEGER NOT NULL,              -- reports that the site is known to have
  newest INTEGER,                        -- newest year of a report
  fetched INTEGER NOT NULL,              -- requests answered
  unchanged INTEGER NOT NULL,            -- reports checked again and found the same
  new INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  refused INTEGER NOT NULL,              -- look-alikes rejected
  failed INTEGER NOT NULL,               -- pages that could not be fetched
  PRIMARY KEY (run, site)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (
  site TEXT PRIMARY KEY,
  home TEXT,                             -- key of the page where discovery started
  discovered TEXT                        -- time of the last walk from the home page
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS captures (    -- one row per answer
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(id),
  key TEXT NOT NULL,                     -- identifies the request, without the scheme
  url TEXT NOT NULL,                     -- final URL, after redirects
  fetched TEXT NOT NULL,
  status INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified TEXT NOT NULL,
  payload TEXT NOT NULL,                 -- SHA-256 of the body
  content TEXT NOT NULL,                 -- SHA-256 of the content without volatile parts
  warc TEXT,                             -- file and offset of the record with the body, null if none
  offset INTEGER,
  change TEXT NOT NULL                   -- new: body stored; same: same body; alike: same content
);
CREATE INDEX IF NOT EXISTS captures_by_key ON captures (key, id);
CREATE TABLE IF NOT EXISTS ends (        -- the size up to which each file is complete
  warc TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (       -- pages that a site is known to have
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  role TEXT NOT NULL,                    -- list, report, refused (look-alike) or dead (leads to nothing)
  request TEXT NOT NULL,                 -- JSON
  title TEXT NOT NULL,                   -- as in the list
  reason TEXT NOT NULL,
  listed TEXT NOT NULL,                  -- text and date in the list; a change suggests a new version
  year INTEGER,
  checked TEXT NOT NULL,                 -- when it was last fetched
  gone TEXT NOT NULL,                    -- time of withdrawal, '' if the site still has it
  PRIMARY KEY (site, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (    -- one row per version of a report
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(id),
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  published TEXT NOT NULL,
  content TEXT NOT NULL,
  capture INTEGER NOT NULL REFERENCES captures(id),
  attachments TEXT NOT NULL,             -- ids of captures, JSON
  name TEXT NOT NULL,                    -- of the place that the site belongs to
  loaded INTEGER NOT NULL                -- 0: not in the database yet, 1: loaded, 2: compared across years
);
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (site, key, id);
