package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// Run is the run that the ledger holds; false if it is empty.
func (l *Ledger) Run() (Run, bool, error) {
	run, ok, err := readRun(l.db)
	if err != nil {
		return Run{}, false, explain("read", l.path, err)
	}
	return run, ok, nil
}

func readRun(q querier) (run Run, ok bool, err error) {
	var seed int64
	var settings string
	err = q.QueryRowContext(context.Background(), "SELECT seed, model, fingerprint, settings FROM run").
		Scan(&seed, &run.Model, &run.Fingerprint, &settings)
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(settings), &run.Settings)
	}
	run.Seed = uint64(seed)
	return run, err == nil, err
}

// Problems lists the run's problems.
func (l *Ledger) Problems() ([]Problem, error) {
	next := 0
	return list(l, func(scan scanner) (p Problem, err error) {
		var position int
		if err := scan(&position, &p.ID, &p.Text, &p.Reference, &p.PromptTokens); err != nil {
			return p, err
		}
		if position != next {
			return p, fmt.Errorf("problem %d is missing: the ledger was changed by hand", next)
		}
		next++
		return p, nil
	}, "SELECT position, id, text, reference, prompt_tokens FROM problem ORDER BY position")
}

// Sessions lists the processes that worked on the run.
func (l *Ledger) Sessions() ([]Session, error) {
	return list(l, readSession, `SELECT opened, budget, begun, spent, policy, slots, machine, version, profile, ended
		FROM session ORDER BY id`)
}

func readSession(scan scanner) (s Session, err error) {
	var opened, profile string
	var budget, begun, spent float64
	err = scan(&opened, &budget, &begun, &spent, &s.Policy, &s.Slots, &s.Machine, &s.Version, &profile, &s.Ended)
	if err == nil {
		err = json.Unmarshal([]byte(profile), &s.Profile)
	}
	if err == nil {
		s.Opened, err = time.Parse(time.RFC3339Nano, opened)
	}
	s.Budget, s.Begun, s.Spent = duration(budget), duration(begun), duration(spent)
	return s, err
}

// Text is what a sample wrote.
func (l *Ledger) Text(problem, index int) (string, error) {
	var text string
	err := l.db.QueryRow(`SELECT coalesce(body, '') FROM sample LEFT JOIN text ON text.id = sample.text
		WHERE problem = ? AND idx = ?`, problem, index).Scan(&text)
	if err != nil {
		return "", explain("read", l.path, fmt.Errorf("sample %d of problem %d: %w", index, problem, err))
	}
	return text, nil
}

// Landings lists the landings by problem, index and tokens.
func (l *Ledger) Landings() ([]Landing, error) {
	return list(l, func(scan scanner) (x Landing, err error) {
		return x, scan(&x.Problem, &x.Index, &x.Drawn, &x.Tokens, &x.Answer, &x.Key)
	}, `SELECT problem, idx, drawn, tokens, coalesce(text, ''), coalesce(key, '')
		FROM landing LEFT JOIN answer ON answer.id = landing.answer ORDER BY problem, idx, drawn`)
}

// Decisions lists those of a session in their order.
func (l *Ledger) Decisions(session int) ([]Decision, error) {
	return list(l, func(scan scanner) (d Decision, err error) {
		return d, scan(&d.At, &d.Kind, &d.Problem, &d.Detail)
	}, "SELECT at, kind, coalesce(problem, -1), detail FROM decision WHERE session = ? ORDER BY id", session)
}

// Results lists the answers of a session by problem.
func (l *Ledger) Results(session int) ([]Result, error) {
	return list(l, readResult, results+" WHERE session = ? ORDER BY problem", session)
}

// LastResults lists the answers of the last session that settled each problem.
func (l *Ledger) LastResults() ([]Result, error) {
	return list(l, readResult, results+` WHERE session = (SELECT max(session) FROM result r WHERE r.problem = result.problem)
		ORDER BY problem`)
}

const results = `SELECT problem, coalesce(text, ''), coalesce(key, ''), votes, abstentions, counted, decided, seconds, verdict
	FROM result LEFT JOIN answer ON answer.id = result.answer`

func readResult(scan scanner) (r Result, err error) {
	return r, scan(&r.Problem, &r.Answer, &r.Key, &r.Votes, &r.Abstentions, &r.Counted, &r.Decided, &r.Seconds, &r.Verdict)
}

// Samples goes through the samples by problem and index, without their texts: about two seconds for a million. All are as
// they were at the first. It ends with the first error.
func (l *Ledger) Samples() iter.Seq2[Sample, error] {
	return func(yield func(Sample, error) bool) {
		wanted := true
		err := l.samples(func(s Sample) bool {
			wanted = yield(s, nil)
			return wanted
		})
		if err != nil && wanted {
			yield(Sample{}, explain("read", l.path, err))
		}
	}
}

func (l *Ledger) samples(yield func(Sample) bool) (err error) {
	tx, err := l.db.Begin() // so that every answer is there that a sample names
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	answers, err := readAnswers(tx)
	if err != nil {
		return err
	}
	rows, err := tx.Query(`SELECT problem, idx, session, seed, started, ended, status, tokens, answer,
		log_prob, tail_log_prob, entropy FROM sample ORDER BY problem, idx`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		s, err := readSample(rows.Scan, answers)
		if err != nil {
			return err
		}
		if !yield(s) {
			return nil
		}
	}
	return rows.Err()
}

func readAnswers(tx *sql.Tx) (answers map[int64]stated, err error) {
	rows, err := tx.Query("SELECT id, text, key FROM answer")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	answers = map[int64]stated{}
	for rows.Next() {
		var id int64
		var a stated
		if err := rows.Scan(&id, &a.text, &a.key); err != nil {
			return nil, err
		}
		answers[id] = a
	}
	return answers, rows.Err()
}

func readSample(scan scanner, answers map[int64]stated) (s Sample, err error) {
	var seed, status int64
	var answer sql.NullInt64
	var logProb, tail, entropy sql.NullFloat64
	err = scan(&s.Problem, &s.Index, &s.Session, &seed, &s.Started, &s.Ended, &status, &s.Tokens, &answer, &logProb, &tail, &entropy)
	if err != nil {
		return s, err
	}
	if status < 1 || int(status) > len(statuses) {
		return s, fmt.Errorf("sample %d of problem %d has the unknown status %d", s.Index, s.Problem, status)
	}
	s.Seed, s.Status = uint64(seed), statuses[status-1]
	if answer.Valid {
		a := answers[answer.Int64]
		s.Answer, s.Key = a.text, a.key
	}
	s.LogProb, s.TailLogProb, s.Entropy = orNaN(logProb), orNaN(tail), orNaN(entropy)
	return s, nil
}

// orNaN undoes what SQLite does to a NaN.
func orNaN(f sql.NullFloat64) float64 {
	if !f.Valid {
		return math.NaN()
	}
	return f.Float64
}

// A scanner reads the columns of a row, like Rows.Scan.
type scanner func(columns ...any) error

// list reads all rows of a query.
func list[T any](l *Ledger, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := l.db.Query(query, args...)
	if err != nil {
		return nil, explain("read", l.path, err)
	}
	var all []T
	for rows.Next() {
		var item T
		if item, err = read(rows.Scan); err != nil {
			break
		}
		all = append(all, item)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return nil, explain("read", l.path, err)
	}
	return all, nil
}
