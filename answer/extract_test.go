package answer

import (
	"strings"
	"testing"
	"time"
)

func TestExtractFindsTheStatedAnswer(t *testing.T) {
	for text, want := range map[string]string{
		`so $y = \boxed{2}$.`:                                   "2",
		`First \boxed{1}. On reflection, \boxed{2}.`:            "2",
		`\boxed{\frac{1}{2}}`:                                   `\frac{1}{2}`,
		`\boxed{\{1, 2\}} is the set`:                           `\{1, 2\}`,
		`\fbox{7}`:                                              "7",
		`\boxed 5 done`:                                         "5",
		`Thus boxed{12}`:                                        "12",
		`landed: \boxed{128`:                                    "128",
		"landed: \\boxed{128}\nand \\boxed{}":                   "128",
		`\boxed{3} hm </think> The result is \boxed{4}`:         "4",
		`<think>x</think> the answer is 9.`:                     "9",
		"The final answer is $14{,}916$. I hope it is correct.": `14{,}916`,
		"Final Answer: The largest $n$ is 34.":                  "34",
		"The answer is 12, which is even.":                      "12",
		"The answer is $5$ because 3 is prime.":                 "5",
		`So the answer is \frac12, since it is half.`:           `\frac12`,
		"Answer: A":                            "A",
		"**Answer:** 12":                       "12",
		"Final Answer: **73**":                 "73",
		"The answer is 3.5.":                   "3.5",
		"The answer is 1. No: the answer is 2": "2",
		"She has 5+3 = 8.\n#### 8":             "8",
		"We get\nSo the total is 2*3 = 6.":     "6",
		`Therefore, \( x = 4 \)`:               "4",
		"answer is 5, but I put \\boxed{6}":    "6",
		strings.Repeat("x = 1. ", 20000) + `\boxed{` + "5" + `}` + " ok": "5",
	} {
		if raw, ok := Extract(text); !ok || raw != want {
			t.Errorf("Extract(%.60q) = %q, %v; want %q", text, raw, ok, want)
		}
	}
}

func TestExtractTakesNothingFromAnUnfinishedText(t *testing.T) {
	for _, text := range []string{
		"", "42", "Let x be 5. Then 3x = 15", "Then 3x = 15.", "So 3x = 15 and then we must", "so we get x = 12 +",
		"Thus y = 7", `\boxed{}`, `\boxed{`, `\boxed{4} </think>`, "The answer is",
		"the answer is obtained by adding all of the numbers which were found so far in the table above",
	} {
		if raw, ok := Extract(text); ok {
			t.Errorf("Extract(%q) = %q, want none", text, raw)
		}
	}
}

func TestExtractFromAHugeTextIsQuick(t *testing.T) {
	for _, unit := range []string{`\boxed{`, "answer is ", "= 1 ", "{", "####", "so = "} {
		text := strings.Repeat(unit, 20<<20/len(unit))
		if d := best(func() { Extract(text) }); d > 50*time.Millisecond {
			t.Errorf("Extract of 20 MB of %q took %v", unit, d)
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, text := range []string{
		`\boxed{\frac{1}{2}}`, "#### 8", "Therefore, \\( x = 4 \\)", `</think>\boxed 5`, "Answer: A", `\boxed{\}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, ok := Extract(text)
		if ok != (raw != "") || !strings.Contains(text, raw) {
			t.Fatalf("Extract(%q) = %q, %v", text, raw, ok)
		}
	})
}
