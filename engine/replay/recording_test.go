package replay

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"caucus/budget"
)

// recorded are the lines of a recording.
func recorded(t testing.TB, records ...Record) string {
	t.Helper()
	var b strings.Builder
	for _, r := range records {
		if err := json.NewEncoder(&b).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestARecordingHasTheSamplesThatEndedInLaunchOrder(t *testing.T) {
	line := func(problem string, index int, status budget.Status, answer string, tokens int) Record {
		return Record{
			Problem: problem, Reference: "1/2", Index: index, Status: status, Answer: answer, Tokens: tokens,
			LogProb: -0.25, TailLogProb: -0.5, Entropy: 0.75, Seconds: 1,
		}
	}
	rec, err := ReadRecording(strings.NewReader(recorded(t,
		line("b", 1, budget.Finished, "0.5", 5), line("b", 0, budget.Finished, "3", 9), line("a", 2, budget.Truncated, "", 100),
		line("b", 3, budget.Landed, "7", 20), line("b", 2, budget.Cancelled, "", 0), line("a", 0, budget.Finished, "", 30),
		line("b", 4, budget.Finished, "\\frac{1}{2}", 40), line("a", 1, budget.Failed, "", 0),
	)))
	if err != nil {
		t.Fatal(err)
	}
	if ids := rec.IDs(); !reflect.DeepEqual(ids, []string{"b", "a"}) || rec.Samples() != 2 {
		t.Errorf("problems %q with %d samples, want b and a with 2", ids, rec.Samples())
	}
	for _, want := range []struct {
		problem, index int
		status         budget.Status
		answer         string
		tokens         int
	}{
		{0, 0, budget.Finished, "3", 9}, {0, 1, budget.Finished, "0.5", 5}, {0, 2, budget.Finished, "\\frac{1}{2}", 40},
		{1, 0, budget.Finished, "", 30}, {1, 1, budget.Truncated, "", 100},
	} {
		got := rec.Draw(want.problem, want.index, 99)
		answer := budget.Reading{}
		if want.answer != "" {
			answer = budget.ReadBare(want.answer)
		}
		if got.Status != want.status || got.Tokens != want.tokens || !reflect.DeepEqual(got.Answer, answer) ||
			got.LogProb != -0.25 || got.TailLogProb != -0.5 || got.Entropy != 0.75 {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	for answer, right := range map[string]bool{"0.5": true, "\\frac{1}{2}": true, "3": false, "": false} {
		if rec.Right(0, answer) != right {
			t.Errorf("%q is right: %v", answer, !right)
		}
	}
	landed := rec.Land(0, rec.Draw(0, 2, 0), 7.5, 0)
	if landed.Status != budget.Landed || landed.Tokens != 7+landingTokens || !reflect.DeepEqual(landed.Answer, budget.Reading{}) {
		t.Errorf("landed: %+v", landed)
	}
}

func TestARecordingThatCannotBeReadSaysWhere(t *testing.T) {
	good := recorded(t, Record{Problem: "a", Reference: "1", Status: budget.Finished, Answer: "1", Tokens: 3})
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "it is empty"},
		{"no JSON", good + "xyz\n", "line 2: invalid character"},
		{"half a line", good + good + `{"problem": "a", "tok`, "line 3: unexpected end"},
		{"another type", `{"problem": "a", "tokens": "many"}`, "line 1: json: cannot unmarshal"},
		{"an empty line", good + "\n" + good, "line 2: unexpected end"},
		{"a line too long", good + `{"problem": "` + strings.Repeat("a", maxLine) + `"}`, "line 2: bufio.Scanner: token too long"},
		{"no reference", good + recorded(t, Record{Problem: "b", Status: budget.Finished}), "line 2: problem b has no reference answer"},
		{"nothing that ended", good + recorded(t, Record{Problem: "b", Reference: "1", Status: budget.Cancelled}), "no sample of problem b ended by itself"},
	} {
		_, err := ReadRecording(strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), "read the recording: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestALongLineAndManyAreRead(t *testing.T) {
	long := Record{Problem: "a", Status: budget.Finished, Answer: "1", Tokens: 3}
	long.Reference = strings.Repeat("1", maxLine-len(recorded(t, long))-len(`"reference":"",`))
	text := recorded(t, long)
	if len(text) != maxLine {
		t.Fatalf("the line has %d bytes", len(text))
	}
	long.Reference = "1"
	rec, err := ReadRecording(strings.NewReader(text + strings.Repeat(recorded(t, long), 10_000)))
	if err != nil || rec.Samples() != 10_001 {
		t.Errorf("%v, %+v", err, rec)
	}
}

func FuzzReadRecording(f *testing.F) {
	f.Add(recorded(f, Record{Problem: "a", Reference: "2", Status: budget.Finished, Answer: "1/2", Tokens: 3}))
	f.Add(`{"problem":"a","status":"finished","answer":"x","tokens":-1,"index":-5}` + "\n{}")
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := ReadRecording(strings.NewReader(text))
		if err != nil {
			return
		}
		for p := range rec.IDs() {
			for i := range rec.Samples() {
				rec.Land(p, rec.Draw(p, i, 0), 1, 0)
			}
		}
	})
}
