package token

import (
	"slices"
	"strings"
	"testing"
)

func TestAFrameIsWhatTheTemplateMakesOfAConversation(t *testing.T) {
	const chatml = `{% for m in messages %}{{ '<|' + m['role'] + '|>' + (m['content'] | trim if m['role'] == 'user' else m['content']) + '<|end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`
	for _, tt := range []struct {
		template, roles, want, fails string
	}{
		{chatml, "user", "<|user|>A<|end|>\n<|assistant|>", ""},
		{chatml, "system user assistant user", "<|system|> A <|end|>\n<|user|>B<|end|>\n<|assistant|> C <|end|>\n<|user|>D<|end|>\n<|assistant|>", ""},
		{`{{ messages[-1]['content'] }}`, "user", " A ", ""},
		{`{{ messages[0]['content'] }}{{ messages[1]['content'] }}{{ messages[0]['content'] }}`, "user user", " A  B  A ", ""},
		{`{{ messages[-1]['content'] }}`, "system user", "", "it leaves out message 1, of the system"},
		{`{{ messages[-1]['content'] | upper }}`, "user", "", "it leaves out message 1"},
		{`{{ messages[-1]['content'] + (messages[-1]['content'] | length | string) }}`, "user", "", "it changes messages"},
		{"", "user", "", "the checkpoint has none"},
		{`{{ raise_exception('roles must alternate') }}`, "user user", "", "roles must alternate"},
	} {
		roles := strings.Fields(tt.roles)
		f, err := newFrame(tt.template, "", "", roles)
		if tt.fails != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fails) {
				t.Errorf("%s of %s: %v, want an error with %q", tt.template, tt.roles, err, tt.fails)
			}
			continue
		}
		got := f.fill(func(i int) string { return " " + string(rune('A'+i)) + " " })
		if err != nil || got != tt.want {
			t.Errorf("%s of %s: %q, %v, want %q", tt.template, tt.roles, got, err, tt.want)
		}
	}
}

func TestFramesAreKept(t *testing.T) {
	f := &frames{source: `{% for m in messages %}{{ m['content'] }}{% endfor %}`}
	for i := range 2 * maxFrames {
		roles := slices.Repeat([]string{"user"}, 1+i%7)
		if got, err := f.of(roles); err != nil || len(got.places) != len(roles) {
			t.Fatalf("%d places of %d messages, %v", len(got.places), len(roles), err)
		}
	}
	if len(f.known) != 7 {
		t.Errorf("%d are kept, want 7", len(f.known))
	}
}
