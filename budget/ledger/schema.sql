-- What samples are a function of. One row.
CREATE TABLE run (
	seed        INTEGER NOT NULL, -- 64 bits without sign, as SQLite's signed integer of the same bits
	model       TEXT NOT NULL,
	fingerprint TEXT NOT NULL,    -- of weights, tokenizer and sampling parameters
	settings    TEXT NOT NULL     -- JSON: the flags that the run was begun with
) STRICT;

CREATE TABLE problem (
	position      INTEGER PRIMARY KEY, -- from 0
	id            TEXT NOT NULL UNIQUE,
	text          TEXT NOT NULL,
	reference     TEXT NOT NULL,       -- the right answer; empty if unknown
	reference_key TEXT NOT NULL,       -- its class
	prompt_tokens INTEGER NOT NULL
) STRICT;

-- The processes that spent time on the run.
CREATE TABLE session (
	id      INTEGER PRIMARY KEY, -- from 0
	opened  TEXT NOT NULL,       -- when its window opened, in UTC
	budget  REAL NOT NULL,       -- seconds of the window
	begun   REAL NOT NULL,       -- seconds from its opening to the first sample
	spent   REAL NOT NULL,       -- seconds of it, so far
	policy  TEXT NOT NULL,
	slots   INTEGER NOT NULL,
	machine TEXT NOT NULL,
	version TEXT NOT NULL,
	profile TEXT NOT NULL,       -- JSON: the time of a step and the lengths of samples
	ended   TEXT NOT NULL        -- empty while it runs, and for ever if it was killed
) STRICT;

-- Every answer that was ever stated, once.
CREATE TABLE answer (
	id   INTEGER PRIMARY KEY,
	text TEXT NOT NULL,
	key  TEXT NOT NULL, -- the class of equal answers
	UNIQUE (text, key)
) STRICT;

-- What samples wrote: in a table of its own, so that going through the samples does not read it.
CREATE TABLE text (
	id   INTEGER PRIMARY KEY,
	body TEXT NOT NULL
) STRICT;

CREATE TABLE status (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;

-- The first two are final: such a sample ended by itself.
INSERT INTO status VALUES (1, 'finished'), (2, 'truncated'), (3, 'landed'), (4, 'cancelled'), (5, 'failed');

CREATE TABLE sample (
	problem       INTEGER NOT NULL REFERENCES problem,
	idx           INTEGER NOT NULL, -- its position among the problem's samples, in launch order, from 0
	session       INTEGER NOT NULL REFERENCES session,
	seed          INTEGER NOT NULL, -- like that of the run
	started       REAL NOT NULL,    -- seconds since the session's window opened
	ended         REAL NOT NULL,
	status        INTEGER NOT NULL REFERENCES status,
	tokens        INTEGER NOT NULL,
	answer        INTEGER REFERENCES answer, -- NULL: none
	log_prob      REAL,             -- NULL, here and in the next two: not a number
	tail_log_prob REAL,
	entropy       REAL,
	text          INTEGER REFERENCES text,   -- NULL: empty
	PRIMARY KEY (problem, idx)
) STRICT, WITHOUT ROWID;

-- What samples answered when they were made to before their end.
CREATE TABLE landing (
	problem INTEGER NOT NULL REFERENCES problem,
	idx     INTEGER NOT NULL,
	drawn   INTEGER NOT NULL, -- tokens until then
	tokens  INTEGER NOT NULL, -- in all
	answer  INTEGER REFERENCES answer,
	PRIMARY KEY (problem, idx, drawn)
) STRICT, WITHOUT ROWID;

-- A sample that is run again leaves its landed answer behind, unless one is known that was landed there, and its text goes. (OR
-- IGNORE would not do: the conflict clause of the statement that pulls a trigger is stronger than its own.)
CREATE TRIGGER sample_again BEFORE UPDATE ON sample BEGIN
	INSERT INTO landing SELECT old.problem, old.idx, old.tokens, old.tokens, old.answer
		WHERE old.status = 3 AND NOT EXISTS
			(SELECT 1 FROM landing WHERE problem = old.problem AND idx = old.idx AND drawn = old.tokens);
	DELETE FROM text WHERE id = old.text;
END;

CREATE TABLE decision (
	id      INTEGER PRIMARY KEY,
	session INTEGER NOT NULL REFERENCES session,
	at      REAL NOT NULL,    -- seconds since the session's window opened
	kind    TEXT NOT NULL,
	problem INTEGER REFERENCES problem, -- NULL: the whole run
	detail  TEXT NOT NULL
) STRICT;

CREATE TABLE result (
	session     INTEGER NOT NULL REFERENCES session,
	problem     INTEGER NOT NULL REFERENCES problem,
	answer      INTEGER REFERENCES answer, -- NULL: none
	votes       INTEGER NOT NULL,
	abstentions INTEGER NOT NULL,
	counted     INTEGER NOT NULL,
	decided     INTEGER NOT NULL, -- 1: by the policy, before the deadline
	seconds     REAL NOT NULL,    -- since the session's window opened
	verdict     TEXT NOT NULL,
	PRIMARY KEY (session, problem)
) STRICT, WITHOUT ROWID;

-- The samples, to be read by people. Those without an answer are not correct; where there is no reference, none is known to be.
CREATE VIEW samples AS
	SELECT p.id AS problem, s.idx, s.session, printf('%u', s.seed) AS seed, s.started, s.ended, t.name AS status, s.tokens,
		coalesce(a.text, '') AS answer, coalesce(a.key, '') AS key,
		CASE WHEN p.reference_key <> '' THEN coalesce(a.key, '') = p.reference_key END AS correct,
		s.log_prob, s.tail_log_prob, s.entropy, coalesce(x.body, '') AS text
	FROM sample s
	JOIN problem p ON p.position = s.problem
	JOIN status t ON t.id = s.status
	LEFT JOIN answer a ON a.id = s.answer
	LEFT JOIN text x ON x.id = s.text;
