package ledger

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// shown is a query of the manual with what it answers.
var shown = regexp.MustCompile("(?s)```sql\n(.*?)```\n\n```\n(.*?)```")

func TestTheManualsQueriesAnswerWhatItShows(t *testing.T) {
	l := reader(t, fixture(t))
	pairs := shown.FindAllStringSubmatch(manual(t), -1)
	if len(pairs) < 3 {
		t.Fatalf("the manual has %d queries", len(pairs))
	}
	for _, p := range pairs {
		if got := answered(t, l, p[1]); got != p[2] {
			t.Errorf("%s answers\n%s, want\n%s", p[1], got, p[2])
		}
	}
}

func TestTheManualNamesEveryColumn(t *testing.T) {
	l, text := reader(t, fixture(t)), manual(t)
	columns := answered(t, l, `SELECT t.name AS t, c.name AS c FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'`)
	rows := map[string]string{}
	for line := range strings.Lines(text) {
		if name, rest, ok := strings.Cut(strings.TrimPrefix(line, "| `"), "` | "); ok {
			rows[name] = rest
		}
	}
	for _, pair := range strings.Fields(columns)[1:] {
		table, column, _ := strings.Cut(pair, "|")
		if !strings.Contains(rows[table], "`"+column+"`") {
			t.Errorf("it does not name column %s of table %s", column, table)
		}
	}
}

func manual(t *testing.T) string {
	t.Helper()
	return string(must[[]byte](t)(os.ReadFile("../../docs/ledger.md")))
}

// answered is what the sqlite3 shell shows with -header.
func answered(t *testing.T, l *Ledger, query string) string {
	t.Helper()
	rows, err := l.db.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	names := must[[]string](t)(rows.Columns())
	var out strings.Builder
	fmt.Fprintln(&out, strings.Join(names, "|"))
	values, to := make([]string, len(names)), make([]any, len(names))
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, strings.Join(values, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
