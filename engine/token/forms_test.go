package token

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNormalFormsOfManyMarks(t *testing.T) {
	texts := []string{"", "a", "Größe e\u0301 \u1100\u1161\u11a8\u0301 q\u0323\u0307\u0301 \ufb01 \u0344\u0345 \u212b \u0958 \u2adc"}
	if all, err := goldenTexts(); err != nil {
		t.Fatal(err)
	} else {
		for _, text := range all[:4000] {
			if !strings.Contains(text, "\u0323\u0301\u0323") {
				texts = append(texts, text)
			}
		}
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC, norm.NFKD} {
		for _, text := range texts {
			if got, want := longForm(form, text), form.String(text); got != want {
				t.Errorf("form %v of %+q is %+q, want %+q", form, text, got, want)
			}
		}
		many := "a" + strings.Repeat("\u0301\u0323", 500) + "b" // above, below
		got := normalForm(form)(many)
		want := "a" + strings.Repeat("\u0323", 500) + strings.Repeat("\u0301", 500) + "b"
		if form == norm.NFC || form == norm.NFKC {
			want = "\u1ea1" + strings.TrimPrefix(want, "a\u0323")
		}
		if got != want {
			t.Errorf("form %v of many marks has %d bytes, want %d: %.20q", form, len(got), len(want), got)
		}
	}
}
