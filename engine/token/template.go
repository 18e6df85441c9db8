package token

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ncruces/go-strftime"
	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
)

// Bounds on chat templates, which come with a checkpoint and are programs. Real ones have under 32 KiB.
const (
	maxTemplate = 64 << 10 // bytes of source
	maxNesting  = 500      // open brackets, which the engine's parser follows by recursion
	maxRange    = 1000     // length of a range(...)
	maxError    = 400      // bytes of an error's text
)

// today is the date in prompts. It is fixed so that a prompt, and with it every sample, is the same tomorrow; it is the
// one that Llama's templates fall back to.
var today = time.Date(2024, time.July, 26, 0, 0, 0, 0, time.UTC)

// template is a chat template in Jinja, ready to be rendered.
type template struct {
	parsed *exec.Template
}

// parseTemplate compiles a template with the settings of the transformers library, and bounds what it does by a
// meter.
func parseTemplate(source string) (t template, err error) {
	defer recoverAs(&err)
	if len(source) > maxTemplate {
		return t, fmt.Errorf("it has %d bytes, and at most %d are allowed", len(source), maxTemplate)
	}
	if err := checkNesting(source); err != nil {
		return t, err
	}
	source = rewriteConditionals(source)
	if err := checkNesting(source); err != nil { // of conditionals too
		return t, err
	}
	m := &meter{}
	settings := config.New()
	settings.TrimBlocks, settings.LeftStripBlocks = true, true
	const path = "/chat_template"
	loader, err := loaders.NewMemoryLoader(map[string]string{path: source})
	if err != nil {
		return t, err
	}
	t.parsed, err = exec.NewTemplate(path, settings, loader, &exec.Environment{
		Context: exec.NewContext(map[string]any{"namespace": builtin("namespace"), "range": boundedRange, either: chosen,
			yieldName: m.yield, repeatName: m.repeat}),
		Filters:           filters(m),
		Tests:             builtins.Tests,
		Methods:           methods(m),
		ControlStructures: statements(),
	})
	if err != nil {
		return t, brief(err)
	}
	m.nodes(t.parsed.Root().Nodes)
	return t, nil
}

// checkNesting fails if too many brackets are open at once.
func checkNesting(source string) error {
	if n := nesting(source); n > maxNesting {
		return fmt.Errorf("its brackets are nested %d deep, and at most %d are allowed", n, maxNesting)
	}
	return nil
}

// nesting returns how many brackets are open at most. Those in texts count too, which real templates can afford.
func nesting(source string) int {
	open, most := 0, 0
	for _, r := range source {
		switch r {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			open = max(open-1, 0)
		}
		most = max(most, open)
	}
	return most
}

// render returns the template's text for one message of the user, to be answered.
func (t template) render(content, bos, eos string) (text string, err error) {
	return t.renderAll(messages{map[string]any{"role": "user", "content": content}}, bos, eos)
}

// renderAll returns the template's text for a conversation that is to go on.
func (t template) renderAll(m messages, bos, eos string) (text string, err error) {
	defer recoverAs(&err)
	text, err = t.parsed.ExecuteToString(exec.NewContext(map[string]any{
		"messages":              m,
		"add_generation_prompt": true,
		"bos_token":             bos,
		"eos_token":             eos,
		"tools":                 nil,
		"documents":             nil,
		"date_string":           today.Format("02 Jan 2006"),
		"strftime_now":          func(format string) string { return strftime.Format(format, today) },
		"raise_exception":       func(message string) (string, error) { return "", errors.New(message) },
	}))
	return text, brief(err)
}

// brief keeps the end of an error of the engine, which otherwise begins with all of the template or of a recursion.
func brief(err error) error {
	if err == nil || len(err.Error()) <= maxError {
		return err
	}
	text := err.Error()
	return fmt.Errorf("... %s", strings.ToValidUTF8(text[len(text)-maxError:], ""))
}

// recoverAs turns a panic of the template engine into an error.
func recoverAs(err *error) {
	switch p := recover().(type) {
	case nil:
	case excess:
		*err = errors.New(string(p))
	default:
		*err = fmt.Errorf("the template engine failed: %v", p)
	}
}

// builtin returns a function that the engine defines.
func builtin(name string) any {
	function, _ := builtins.GlobalFunctions.Get(name)
	return function
}

// boundedRange is Jinja's range([start,] stop[, step]), of bounded length.
func boundedRange(bounds ...int) ([]int, error) {
	start, stop, step := 0, 0, 1
	switch len(bounds) {
	case 1:
		stop = bounds[0]
	case 2:
		start, stop = bounds[0], bounds[1]
	case 3:
		start, stop, step = bounds[0], bounds[1], bounds[2]
	}
	if len(bounds) == 0 || len(bounds) > 3 || step == 0 {
		return nil, fmt.Errorf("range%v is not a range", bounds)
	}
	numbers := []int{}
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		if len(numbers) == maxRange {
			return nil, fmt.Errorf("range%v is longer than %d", bounds, maxRange)
		}
		numbers = append(numbers, i)
	}
	return numbers, nil
}

// chosen returns the only item of a list, which a conditional has chosen.
func chosen(list *exec.Value) *exec.Value {
	item := list.Index(0)
	if inner, ok := item.Interface().(*exec.Value); ok {
		return inner
	}
	return item
}

// messages is a conversation. It finds its items itself because the engine does not find item -n of n.
type messages []any

// GetItem returns the message at an index, which counts from the end if it is negative.
func (m messages) GetItem(key any) (*exec.Value, bool) {
	i, ok := key.(int)
	if i < 0 {
		i += len(m)
	}
	if !ok || i < 0 || i >= len(m) {
		return exec.AsValue(nil), false
	}
	return exec.AsValue(m[i]), true
}
