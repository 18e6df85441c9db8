package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"caucus/answer"
)

// An inserter has the statements of a session's writer, on a connection of its own.
type inserter struct {
	conn    *sql.Conn
	session int

	samples, texts, results                       *bulk
	orphan, answer, landing, decision, spent, end *sql.Stmt

	answers  map[stated]int64 // that the file holds
	nextText int
}

// stated is an answer as it was written, with its class.
type stated struct {
	text string
	key  answer.Key
}

// again lets a sample take the place of one of an earlier session that did not end by itself. Any other stays.
const again = ` ON CONFLICT (problem, idx) DO UPDATE SET session = excluded.session, seed = excluded.seed,
	started = excluded.started, ended = excluded.ended, status = excluded.status, tokens = excluded.tokens,
	answer = excluded.answer, log_prob = excluded.log_prob, tail_log_prob = excluded.tail_log_prob,
	entropy = excluded.entropy, text = excluded.text
	WHERE sample.status > 2 AND sample.session < excluded.session`

// replacing lets a result take the place of an earlier one of its session.
const replacing = ` ON CONFLICT (session, problem) DO UPDATE SET answer = excluded.answer, votes = excluded.votes,
	abstentions = excluded.abstentions, counted = excluded.counted, decided = excluded.decided, seconds = excluded.seconds,
	verdict = excluded.verdict`

func newInserter(conn *sql.Conn, session int) (*inserter, error) {
	in := &inserter{conn: conn, session: session, answers: map[stated]int64{}}
	var errs [4]error
	in.nextText, errs[0] = number(conn, "SELECT coalesce(max(id), 0) + 1 FROM text")
	in.samples, errs[1] = newBulk(conn, "sample", 13, again)
	in.texts, errs[2] = newBulk(conn, "text", 2, "")
	in.results, errs[3] = newBulk(conn, "result", 9, replacing)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	for _, s := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&in.orphan, `DELETE FROM text WHERE id = ?1
			AND NOT EXISTS (SELECT 1 FROM sample WHERE problem = ?2 AND idx = ?3 AND text = ?1)`},
		{&in.answer, "INSERT INTO answer (text, key) VALUES (?, ?) ON CONFLICT DO UPDATE SET text = text RETURNING id"},
		{&in.landing, "INSERT OR REPLACE INTO landing VALUES (?, ?, ?, ?, ?)"},
		{&in.decision, "INSERT INTO decision (session, at, kind, problem, detail) VALUES (?, ?, ?, nullif(?, -1), ?)"},
		{&in.spent, "UPDATE session SET spent = ? WHERE id = ?"},
		{&in.end, "UPDATE session SET ended = ?, profile = ? WHERE id = ?"},
	} {
		var err error
		if *s.to, err = conn.PrepareContext(context.Background(), s.sql); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// all writes a batch, what is spent of the window, and the end if it is there.
func (in *inserter) all(b batch, spent time.Duration, end *ending) error {
	err := transact(in.conn, func() error {
		for _, add := range []func(batch) error{in.addSamples, in.addLandings, in.addDecisions, in.addResults} {
			if err := add(b); err != nil {
				return err
			}
		}
		return in.addSpent(spent, end)
	})
	if err != nil {
		clear(in.answers) // some are not in the file after all
	}
	return err
}

func (in *inserter) addSamples(b batch) error {
	order := b.launchOrder()
	answers := make([]any, len(b.samples))
	for i := range b.samples {
		var err error
		if answers[i], err = in.answerID(b.samples[i].Answer, b.samples[i].Key); err != nil {
			return err
		}
	}
	texts, err := in.addTexts(b, order)
	if err != nil {
		return err
	}
	taken, err := in.samples.insert(len(order), func(at int, row []any) {
		i := order[at]
		s := &b.samples[i]
		row[0], row[1], row[2], row[3] = s.Problem, s.Index, s.Session, int64(s.Seed)
		row[4], row[5], row[6], row[7] = s.Started, s.Ended, slices.Index(statuses, s.Status)+1, s.Tokens
		row[8], row[9], row[10], row[11], row[12] = answers[i], s.LogProb, s.TailLogProb, s.Entropy, texts[i]
	})
	if err != nil || taken == len(order) {
		return err
	}
	return in.dropTexts(b, texts)
}

// addTexts gives the number of each sample's text; nil if it is empty.
func (in *inserter) addTexts(b batch, order []int) ([]any, error) {
	ids := make([]any, len(b.samples))
	var written []int
	for _, i := range order {
		if b.samples[i].Text != "" {
			ids[i] = in.nextText
			in.nextText++
			written = append(written, i)
		}
	}
	_, err := in.texts.insert(len(written), func(at int, row []any) {
		row[0], row[1] = ids[written[at]], b.samples[written[at]].Text
	})
	return ids, err
}

// dropTexts takes away those of samples that were not taken, since there is a final one.
func (in *inserter) dropTexts(b batch, ids []any) error {
	for i := range b.samples {
		if _, err := in.orphan.Exec(ids[i], b.samples[i].Problem, b.samples[i].Index); err != nil {
			return err
		}
	}
	return nil
}

// answerID is the number of an answer, which is recorded if need be; nil for none.
func (in *inserter) answerID(text string, key answer.Key) (any, error) {
	if text == "" && key == "" {
		return nil, nil
	}
	if id, ok := in.answers[stated{text, key}]; ok {
		return id, nil
	}
	var id int64
	if err := in.answer.QueryRow(text, string(key)).Scan(&id); err != nil {
		return nil, err
	}
	in.answers[stated{text, key}] = id
	return id, nil
}

func (in *inserter) addLandings(b batch) error {
	for _, l := range b.landings {
		id, err := in.answerID(l.Answer, l.Key)
		if err != nil {
			return err
		}
		if _, err := in.landing.Exec(l.Problem, l.Index, l.Drawn, l.Tokens, id); err != nil {
			return err
		}
	}
	return nil
}

func (in *inserter) addDecisions(b batch) error {
	for _, d := range b.decisions {
		if _, err := in.decision.Exec(in.session, d.At, d.Kind, d.Problem, d.Detail); err != nil {
			return err
		}
	}
	return nil
}

func (in *inserter) addResults(b batch) error {
	answers := make([]any, len(b.results))
	for i, r := range b.results {
		var err error
		if answers[i], err = in.answerID(r.Answer, r.Key); err != nil {
			return err
		}
	}
	_, err := in.results.insert(len(b.results), func(at int, row []any) {
		r := &b.results[at]
		row[0], row[1], row[2], row[3], row[4] = in.session, r.Problem, answers[at], r.Votes, r.Abstentions
		row[5], row[6], row[7], row[8] = r.Counted, r.Decided, r.Seconds, r.Verdict
	})
	return err
}

func (in *inserter) addSpent(spent time.Duration, end *ending) error {
	if _, err := in.spent.Exec(spent.Seconds(), in.session); err != nil || end == nil {
		return err
	}
	_, err := in.end.Exec(end.word, end.profile, in.session)
	return err
}

// close lets go of the statements and the connection, whose errors nothing depends on.
func (in *inserter) close() {
	for _, b := range []*bulk{in.samples, in.texts, in.results} {
		_ = b.close()
	}
	for _, s := range []*sql.Stmt{in.orphan, in.answer, in.landing, in.decision, in.spent, in.end} {
		_ = s.Close()
	}
	_ = in.conn.Close()
}

// A bulk inserts rows into a table, many by one statement.
type bulk struct {
	columns   int
	one, many *sql.Stmt
	args      []any
}

// together is the number of rows of one statement. A statement a row costs 1.5 times as much; more rows gain nothing.
const together = 50

func newBulk(conn *sql.Conn, table string, columns int, conflict string) (*bulk, error) {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	insert := "INSERT INTO " + table + " VALUES " + row
	one, err := conn.PrepareContext(context.Background(), insert+conflict)
	if err != nil {
		return nil, err
	}
	many, err := conn.PrepareContext(context.Background(), insert+strings.Repeat(", "+row, together-1)+conflict)
	if err != nil {
		return nil, err
	}
	return &bulk{columns, one, many, make([]any, columns*together)}, nil
}

func (b *bulk) close() error { return errors.Join(b.one.Close(), b.many.Close()) }

// insert adds so many rows, filled in by row, and counts those that were taken.
func (b *bulk) insert(rows int, row func(at int, row []any)) (taken int, err error) {
	for at := 0; at < rows; {
		stmt, n := b.one, 1
		if rows-at >= together {
			stmt, n = b.many, together
		}
		for i := range n {
			row(at+i, b.args[i*b.columns:][:b.columns])
		}
		result, err := stmt.Exec(b.args[:n*b.columns]...)
		if err != nil {
			return taken, err
		}
		affected, err := result.RowsAffected()
		if err != nil {
			return taken, err
		}
		taken += int(affected)
		at += n
	}
	return taken, nil
}
