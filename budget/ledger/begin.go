package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"caucus/answer"
)

// Begin starts a session. A fresh ledger takes over run and problems. One that holds a run must hold this one, and the same
// text for every problem that it has already; the others are added, and what is given of references and lengths of prompts
// replaces what was there. The positions are those of the given problems in the ledger.
func (l *Ledger) Begin(run Run, s Session, problems []Problem) (w *Writer, positions []int, err error) {
	if l.lock == nil || l.writer.open() {
		panic("ledger: Begin needs a ledger that Open has opened, and the end of the session before")
	}
	conn, err := l.db.Conn(context.Background())
	if err != nil {
		return nil, nil, explain("begin a session in", l.path, err)
	}
	defer func() {
		if err != nil {
			_ = conn.Close() // err says more
		}
	}()
	session, enrolling := 0, time.Duration(0)
	err = transact(conn, func() error {
		if err := enter(conn, run); err != nil {
			return err
		}
		begin := time.Now()
		if positions, err = enrol(conn, problems); err != nil {
			return err
		}
		enrolling = time.Since(begin)
		session, err = open(conn, s)
		return err
	})
	if err == nil {
		l.files, err = filesOf(l.path)
	}
	if err == nil {
		w, err = newWriter(l, conn, session, s)
	}
	if err == nil {
		w.Enrolling = enrolling
	}
	if err != nil {
		return nil, nil, explain("begin a session in", l.path, err)
	}
	l.writer = w
	return w, positions, nil
}

// filesOf are the files that commits go to.
func filesOf(path string) (map[string]fs.FileInfo, error) {
	files := map[string]fs.FileInfo{}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		files[name] = info
	}
	return files, nil
}

// enter records the run, or compares it.
func enter(conn *sql.Conn, run Run) error {
	held, ok, err := readRun(conn)
	if err != nil {
		return err
	}
	if ok {
		return compare(held, run)
	}
	settings, err := json.Marshal(run.Settings)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(context.Background(), "INSERT INTO run VALUES (?, ?, ?, ?)",
		int64(run.Seed), run.Model, run.Fingerprint, string(settings))
	return err
}

// AnotherRun is the error of Begin for a ledger that holds another run than the one that was to go on.
type AnotherRun struct{ Held, Given Run }

func compare(held, run Run) error {
	if held.Seed != run.Seed || held.Fingerprint != run.Fingerprint {
		return &AnotherRun{held, run}
	}
	return nil
}

func (e *AnotherRun) Error() string {
	var differ []string
	if e.Held.Seed != e.Given.Seed {
		differ = append(differ, fmt.Sprintf("the seed is %d there and %d here", e.Held.Seed, e.Given.Seed))
	}
	if e.Held.Fingerprint != e.Given.Fingerprint {
		differ = append(differ, fmt.Sprintf("the model and its sampling parameters are %s (%.12s) there and %s (%.12s) here",
			e.Held.Model, e.Held.Fingerprint, e.Given.Model, e.Given.Fingerprint))
	}
	return fmt.Sprintf("it holds another run: %s; use another file", strings.Join(differ, ", and "))
}

// enrol finds the problems or adds them.
func enrol(conn *sql.Conn, problems []Problem) (positions []int, err error) {
	known, err := number(conn, "SELECT count(*) FROM problem")
	if err != nil {
		return nil, err
	}
	find, err := conn.PrepareContext(context.Background(), "SELECT position, text, reference, prompt_tokens FROM problem WHERE id = ?")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, find.Close()) }()
	positions = make([]int, len(problems))
	var added []int
	for i, p := range problems {
		var held Problem
		err := sql.ErrNoRows
		if known > 0 {
			err = find.QueryRow(p.ID).Scan(&positions[i], &held.Text, &held.Reference, &held.PromptTokens)
		}
		switch {
		case errors.Is(err, sql.ErrNoRows):
			positions[i] = known + len(added)
			added = append(added, i)
			continue
		case err == nil && held.Text != p.Text:
			err = fmt.Errorf("its problem %s has another text; use another file, or another id", p.ID)
		}
		if err == nil {
			err = renew(conn, positions[i], held, p)
		}
		if err != nil {
			return nil, err
		}
	}
	return positions, addProblems(conn, problems, added, known)
}

// addProblems records these of the problems, from a position on.
func addProblems(conn *sql.Conn, problems []Problem, added []int, from int) error {
	insert, err := newBulk(conn, "problem", 6, "")
	if err != nil {
		return err
	}
	_, err = insert.insert(len(added), func(at int, row []any) {
		p := &problems[added[at]]
		row[0], row[1], row[2], row[3], row[4], row[5] = from+at, p.ID, p.Text, p.Reference, referenceKey(p.Reference), p.PromptTokens
	})
	return errors.Join(err, insert.close())
}

// referenceKey is the class of a reference, "" of none.
func referenceKey(reference string) string {
	if reference == "" {
		return ""
	}
	return string(answer.KeyOf(answer.Bare(reference)))
}

// renew records what is new about a problem besides its text, and keeps what is not known now.
func renew(conn *sql.Conn, position int, held, p Problem) error {
	var errs [2]error
	if p.Reference != "" && p.Reference != held.Reference {
		_, errs[0] = conn.ExecContext(context.Background(), "UPDATE problem SET reference = ?, reference_key = ? WHERE position = ?",
			p.Reference, referenceKey(p.Reference), position)
	}
	if p.PromptTokens != 0 && p.PromptTokens != held.PromptTokens {
		_, errs[1] = conn.ExecContext(context.Background(), "UPDATE problem SET prompt_tokens = ? WHERE position = ?",
			p.PromptTokens, position)
	}
	return errors.Join(errs[:]...)
}

// open adds a session.
func open(conn *sql.Conn, s Session) (int, error) {
	profile, err := json.Marshal(s.Profile)
	if err != nil {
		return 0, err
	}
	id, err := number(conn, "SELECT count(*) FROM session")
	if err != nil {
		return 0, err
	}
	_, err = conn.ExecContext(context.Background(), "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
		id, s.Opened.UTC().Format(time.RFC3339Nano), s.Budget.Seconds(), s.Begun.Seconds(), time.Since(s.Opened).Seconds(),
		s.Policy, s.Slots, s.Machine, s.Version, string(profile))
	return id, err
}

// duration is the inverse of Duration.Seconds, to the nanosecond for a hundred days.
func duration(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * float64(time.Second)))
}
