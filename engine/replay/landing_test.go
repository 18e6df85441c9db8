package replay

import (
	"testing"

	"caucus/budget"
	"caucus/budget/ledger"
)

// tried is a landing of the first problem's samples, which have 100 tokens.
func tried(index, drawn int, answer string) ledger.Landing {
	return ledger.Landing{Problem: 0, Index: index, Drawn: drawn, Tokens: drawn + 5, Answer: answer}
}

// recordingOf has samples of 100 tokens that answer 1 (of even index) and 2, of two problems.
func recordingOf(t *testing.T, landings ...ledger.Landing) *Recording {
	t.Helper()
	var samples []ledger.Sample
	for p := range 2 {
		for i := range 20 {
			samples = append(samples, finished(p, i, []string{"1", "2"}[i%2], 100))
		}
	}
	rec, err := newRecording(halves("a", "b"), nil, ledgerOf(samples...), landings)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// landedAt are the answers of a sample that is landed at a place, with many seeds.
func landedAt(rec *Recording, problem, index int, drawn float64) map[string]int {
	answers := map[string]int{}
	for seed := range uint64(200) {
		s := rec.Land(problem, rec.Draw(problem, index, 0), drawn, seed)
		answers[s.Answer.Text()]++
	}
	return answers
}

func TestALandedSampleAnswersAsOnesLikeItDid(t *testing.T) {
	var landings []ledger.Landing
	for i := range 8 { // early they guess 7, in the middle they have nothing, late they know
		landings = append(landings, tried(i, 10+i, "7"), tried(i, 50+i, ""), tried(i, 80+i, []string{"1", "2"}[i%2]))
	}
	rec := recordingOf(t, landings...)
	for _, c := range []struct {
		index int
		drawn float64
		want  string
	}{{10, 12, "7"}, {11, 13, "7"}, {10, 54, ""}, {10, 84, "1"}, {11, 84, "2"}, {11, 100, "2"}} {
		if got := landedAt(rec, 0, c.index, c.drawn); got[c.want] != 200 {
			t.Errorf("sample %d landed after %v tokens answers %v, want %q", c.index, c.drawn, got, c.want)
		}
	}
	if s := rec.Land(0, rec.Draw(0, 0, 0), 12.5, 1); s.Status != budget.Landed || s.Tokens != 17 {
		t.Errorf("landed as %+v", s)
	}
	// The other problem has none of its own: it knows as often as the first does, and else answers as others of it do.
	if got := landedAt(rec, 1, 11, 84); got["2"] != 200 {
		t.Errorf("a late sample of the other problem answers %v", got)
	}
	if got := landedAt(rec, 1, 11, 12); got["1"] < 50 || got["2"] < 50 || got["7"] > 0 {
		t.Errorf("an early sample of the other problem answers %v", got)
	}
	if got := landedAt(rec, 1, 11, 54); got[""] != 200 {
		t.Errorf("a sample of the other problem in the middle answers %v", got)
	}
}

func TestWithoutRecordedLandingsALandedSampleHasNoAnswer(t *testing.T) {
	rec := recordingOf(t)
	if got := landedAt(rec, 0, 3, 50); rec.Lands() || got[""] != 200 {
		t.Errorf("answers %v", got)
	}
}

func TestSamplesThatWereLandedInEarnestCountWhereNothingElseIsKnown(t *testing.T) {
	landed := finished(0, 1, "9", 50)
	landed.Status = budget.Landed
	other := landed
	other.Problem = 1
	samples := ledgerOf(finished(0, 0, "1", 100), landed, finished(1, 0, "1", 100), other)
	rec, err := newRecording(halves("a", "b"), nil, samples, []ledger.Landing{tried(0, 50, "1")})
	if err != nil {
		t.Fatal(err)
	}
	if got := landedAt(rec, 0, 0, 50); got["1"] != 200 {
		t.Errorf("the problem whose landing was tried answers %v", got)
	}
	if got := landedAt(rec, 1, 0, 50); got["9"] != 200 {
		t.Errorf("the problem whose landing was seen answers %v", got)
	}
}
