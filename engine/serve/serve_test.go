package serve

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/remote"
)

// post sends a request and returns the status and the body.
func post(t testing.TB, url, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(data)
}

// nothing is what OpenAI's client writes of a message that has none of it.
const nothing = `"refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls": null`

const hello = `"messages":[{"role":"user","content":"Hello"}]`

func TestARequestIsAnsweredOrRefusedByName(t *testing.T) {
	s := up(t, newFake(4, 0, `so \boxed{7}.`), nil)
	for _, tt := range []struct {
		path, body string
		status     int
		want       string // in the answer
	}{
		{"chat/completions", `{` + hello + `}`, 200, `"message":{"role":"assistant","content":"so \\boxed{7}."},"logprobs":null,"finish_reason":"stop"`},
		{"chat/completions", `{` + hello + `,"model":"m","user":"me","n":2,"seed":-5,"stop":null,"max_tokens":4}`, 200, `{"index":1,"message":{"role":"assistant","content":"so \\"},"logprobs":null,"finish_reason":"length"}`},
		{"chat/completions", `{` + hello + `,"stop":["{8","{7"]}`, 200, `"content":"so \\boxed"`},
		{"chat/completions", `{` + hello + `,"logprobs":true,"max_completion_tokens":1}`, 200, `"logprobs":{"content":[{"token":"s","logprob":-0.25,"bytes":[115],"top_logprobs":[]}]}`},
		{"chat/completions", `{` + hello + `,"budget_s":2,"votes":5}`, 200, `"caucus":{"answer":"7","verdict":"`},
		{"chat/completions", `{"messages":[{"role":"user","name":"me","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}`, 200, `"prompt_tokens":5,"completion_tokens":13,"total_tokens":18`},
		{"chat/completions", `{"messages":[{"role":"assistant","content":"a",` + nothing + `},{"role":"user","content":"b"}]}` + "\n", 200, `"finish_reason":"stop"`},
		{"completions", `{"prompt":"1+6="}`, 200, `"object":"text_completion"`},
		{"completions", `{"prompt":"1+6=","logprobs":0,"max_tokens":2}`, 200, `"logprobs":{"tokens":["s","o"],"token_logprobs":[-0.25,-0.25]}`},

		{"completions", `{"prompt":"bad"}`, 400, `the prompt is bad`},
		{"completions", `{"prompt":""}`, 400, `prompt: `},
		{"completions", `{"prompt":"a","logprobs":5}`, 400, `logprobs: `},
		{"chat/completions", `{`, 400, `the request: its JSON breaks off`},
		{"chat/completions", `{bad`, 400, `the request: it is no JSON, which shows at byte 2`},
		{"chat/completions", `[1]`, 400, `the request: want a JSON object, not a JSON array`},
		{"chat/completions", `{` + hello + `,"budget_s":"x"}`, 400, `budget_s: want a number that is not too large, not a JSON string`},
		{"chat/completions", `{` + hello + `,"temperature":1e99}`, 400, `temperature: want a number that is not too large, not a JSON number 1e99`},
		{"chat/completions", `{` + hello + `,"stream_options":5}`, 400, `stream_options: want an object, not a JSON number`},
		{"completions", `{"prompt":5}`, 400, `prompt: want a text, not a JSON number`},
		{"chat/completions", `{}`, 400, `messages: `},
		{"chat/completions", `{` + hello + `} {}`, 400, `behind`},
		{"chat/completions", `{` + hello + `}}`, 400, `behind`},
		{"chat/completions", `{` + hello + `} ]garbage`, 400, `behind`},
		{"chat/completions", `{` + hello + `}x`, 400, `behind`},
		{"chat/completions", `{` + hello + `,"foo":1}`, 400, `unknown field \"foo\"`},
		{"chat/completions", `{` + hello + `,"model":"other"}`, 400, `model: `},
		{"chat/completions", `{` + hello + `,"n":0}`, 400, `n: `},
		{"chat/completions", `{` + hello + `,"n":21}`, 400, `n: 21 is not between 1 and 20, `}, // 4 slots, and 16 that wait
		{"chat/completions", `{` + hello + `,"seed":1.5}`, 400, `seed: `},
		{"chat/completions", `{` + hello + `,"temperature":-1}`, 400, `temperature`},
		{"chat/completions", `{` + hello + `,"top_p":2}`, 400, `top-p`},
		{"chat/completions", `{` + hello + `,"max_tokens":101}`, 400, `max_tokens: 101 are more than 100, `},
		{"chat/completions", `{` + hello + `,"max_tokens":0}`, 400, `max_tokens`},
		{"chat/completions", `{` + hello + `,"stop":7}`, 400, `stop: `},
		{"chat/completions", `{` + hello + `,"stop":[""]}`, 400, `stop text`},
		{"chat/completions", `{` + hello + `,"top_logprobs":2}`, 400, `top_logprobs`},
		{"chat/completions", `{` + hello + `,"tools":[{}]}`, 400, `tools: `},
		{"chat/completions", `{` + hello + `,"frequency_penalty":0.5}`, 400, `frequency_penalty: `},
		{"chat/completions", `{` + hello + `,"response_format":{"type":"json_object"}}`, 400, `response_format: `},
		{"chat/completions", `{` + hello + `,"votes":0}`, 400, `votes: `},
		{"chat/completions", `{` + hello + `,"budget_s":1e9}`, 400, `budget_s: `},
		{"chat/completions", `{` + hello + `,"votes":2,"n":2}`, 400, `votes: `},
		{"chat/completions", `{"messages":[{"role":"robot","content":"a"}]}`, 400, `messages[0]: role`},
		{"chat/completions", `{"messages":[{"role":7,"content":"a"}]}`, 400, `messages[0]: role`},
		{"chat/completions", `{"messages":[null]}`, 400, `messages[0]: role`},
		{"chat/completions", `{"messages":[{"role":"user"}]}`, 400, `messages[0]: content`},
		{"chat/completions", `{"messages":[{"role":"user","content":"a","foo":1}]}`, 400, `messages[0]: field \"foo\"`},
		{"chat/completions", `{"messages":[{"role":"user","content":"a"},{"role":"user","content":"a","tool_calls":[{}]}]}`, 400, `messages[1]: field \"tool_calls\"`},
		{"chat/completions", `{"messages":[{"role":"user","content":7}]}`, 400, `messages[0]: content`},
		{"chat/completions", `{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}`, 400, `image_url`},
		{"chat/completions", `{"messages":[{"role":"assistant","content":"a"}]}`, 400, `continue_final_message`},
		{"embeddings", `{}`, 404, `there is no POST`},
	} {
		status, got := post(t, s.url+"/v1/"+tt.path, tt.body)
		if status != tt.status || !strings.Contains(got, tt.want) || status != 200 && !strings.HasPrefix(got, `{"error":{"message":`) {
			t.Errorf("%s %s:\n%d %swant %d and %s", tt.path, tt.body, status, got, tt.status, tt.want)
		}
	}
}

// TestAStreamIsTheSameText puts streams together again, with a stop text that is held back and one that comes to nothing.
func TestAStreamIsTheSameText(t *testing.T) {
	s := up(t, newFake(4, time.Millisecond, `so \boxed{7}.`), nil)
	for extra, want := range map[string]string{
		``: `so \boxed{7}.`, `,"stop":"{7}"`: `so \boxed`, `,"stop":["xed{8","7}!"]`: `so \boxed{7}.`, `,"max_tokens":3`: "so ", `,"votes":3,"budget_s":5`: "7",
	} {
		for _, kind := range []struct{ path, prompt string }{{"chat/completions", hello}, {"completions", `"prompt":"a"`}} {
			_, body := post(t, s.url+"/v1/"+kind.path, `{`+kind.prompt+extra+`,"stream":true,"stream_options":{"include_usage":true}}`)
			text, finish, done, used := "", "", false, 0
			for _, line := range strings.Split(body, "\n\n") {
				data, _ := strings.CutPrefix(line, "data: ")
				if data == "[DONE]" {
					done = true
					continue
				}
				var r reply
				if data == "" || json.Unmarshal([]byte(data), &r) != nil {
					continue
				}
				if r.Usage != nil {
					used = r.Usage.Completion
				}
				for _, c := range r.Choices {
					if c.Delta != nil {
						text += c.Delta.Content
					}
					if c.Text != nil {
						text += *c.Text
					}
					if c.Finish != nil {
						finish += *c.Finish
					}
				}
			}
			if text != want || finish != "stop" && finish != "length" || !done || used == 0 {
				t.Errorf("%s%s: %q, ended by %q, done %v, %d tokens:\n%s", kind.path, extra, text, finish, done, used, body)
			}
		}
	}
}

func TestATokenIsWanted(t *testing.T) {
	s := up(t, newFake(1, 0, "a"), func(o *Options) { o.Token = "secret" })
	for path, header := range map[string]string{"/v1/models": "", "/v1/models/m": "Bearer secre", "/metrics": "secret", "/v1/completions": "Basic secret"} {
		r, _ := http.NewRequest("GET", s.url+path, nil)
		if strings.Contains(path, "completions") {
			r.Method = "POST"
		}
		r.Header.Set("Authorization", header)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s with %q: %d", path, header, resp.StatusCode)
		}
	}
	r, _ := http.NewRequest("GET", s.url+"/v1/models", nil)
	r.Header.Set("Authorization", "Bearer secret")
	for path, want := range map[string]string{"/v1/models": `"id":"m"`, "/v1/models/m": `"id":"m"`, "/metrics": `caucus_failures_total{status="401"} 4`, "/health": `"ok"`} {
		r.URL.Path = path
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

func TestEveryBoundHasItsStatus(t *testing.T) {
	f := newFake(2, time.Hour, "a")
	s := up(t, f, func(o *Options) { o.Queue, o.MaxBody, o.Timeout = 1, 1000, 200*time.Millisecond })
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`,"n":3}`); status != http.StatusGatewayTimeout {
			t.Errorf("a request that takes too long: %d %s", status, body)
		}
	})
	for f.live() < 3 {
		time.Sleep(time.Millisecond)
	}
	if status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`}`); status != http.StatusTooManyRequests {
		t.Errorf("a sample too many: %d %s", status, body)
	}
	if status, body := post(t, s.url+"/v1/chat/completions", `{"messages":"`+strings.Repeat("a", 1000)+`"}`); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a long request: %d %s", status, body)
	}
	waiting.Wait()
	for f.live() > 0 { // cancelled with their request
		time.Sleep(time.Millisecond)
	}
	if status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`,"stream":true}`); status != http.StatusGatewayTimeout || !strings.Contains(body, "longer than") {
		t.Errorf("a stream that takes too long: %d %s", status, body)
	}
}

// TestSlowAndEndlessClientsAreCutOff sends a header and a body byte by byte, and a body of 1 GB.
func TestSlowAndEndlessClientsAreCutOff(t *testing.T) {
	s := up(t, newFake(2, 0, "a"), func(o *Options) { o.patience = 200 * time.Millisecond })
	const head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
	for name, begin := range map[string]string{"header": head, "body": head + "Content-Length: 1000\r\n\r\n{"} {
		conn := dial(t, s)
		begun := time.Now()
		_, err := io.WriteString(conn, begin)
		for err == nil && time.Since(begun) < 20*time.Second {
			_, err = io.WriteString(conn, "a")
			time.Sleep(20 * time.Millisecond)
		}
		if err == nil {
			t.Errorf("a slow %s was borne for %v", name, time.Since(begun))
		}
	}
	conn := dial(t, s)
	if _, err := io.WriteString(conn, head+"Content-Length: 1073741824\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	sent, part := 0, make([]byte, 1<<16)
	for sent < 1<<30 {
		n, err := conn.Write(part)
		sent += n
		if err != nil {
			break
		}
	}
	if sent > 64<<20 {
		t.Errorf("%d bytes were taken", sent)
	}
}

func dial(t *testing.T, s *running) net.Conn {
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func TestAClientThatGoesAwayTakesItsSamplesWithIt(t *testing.T) {
	f := newFake(2, time.Hour, "a")
	s := up(t, f, nil)
	conn := dial(t, s)
	body := `{` + hello + `,"n":2}`
	_, _ = fmt.Fprintf(conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for f.live() < 2 {
		time.Sleep(time.Millisecond)
	}
	_ = conn.Close()
	for end := time.Now().Add(5 * time.Second); f.live() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("its samples still run")
		}
	}
}

func TestTheEndWaitsForRequestsAndNoLongerThanItMay(t *testing.T) {
	before := runtime.NumGoroutine()
	for name, tt := range map[string]struct {
		token  time.Duration
		status int
		failed bool
	}{"in time": {50 * time.Millisecond, 200, false}, "too late": {time.Hour, 503, true}} {
		f := newFake(2, tt.token, "seven")
		s := up(t, f, func(o *Options) { o.Drain = time.Second })
		var asked sync.WaitGroup
		asked.Go(func() {
			if status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`}`); status != tt.status {
				t.Errorf("%s: %d %s", name, status, body)
			}
		})
		for f.live() == 0 {
			time.Sleep(time.Millisecond)
		}
		if err := s.stop(); (err != nil) != tt.failed {
			t.Errorf("%s: %v", name, err)
		}
		asked.Wait()
		if resp, err := http.Get(s.url + "/health"); err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s: it still listens", name)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
}

var (
	loadConnections = flag.Int("serve.connections", 64, "clients of TestLoad")
	loadRequests    = flag.Int("serve.requests", 8, "requests of each of them")
	loadOverhead    = flag.Duration("serve.overhead", time.Second, "what a request may take beyond its samples' time, in 99 of 100 cases")
)

// TestLoad has many clients at once, whole requests and streams. What they take beyond the time of their samples is the
// server's.
//
//	go test ./serve -run TestLoad -v -serve.connections 256 -serve.requests 40 -serve.overhead 20ms
func TestLoad(t *testing.T) {
	const token, letters = 50 * time.Millisecond, 10
	f := newFake(*loadConnections, token, strings.Repeat("a", letters))
	f.timed = true
	s := up(t, f, nil)
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *loadConnections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var over []time.Duration
	var all sync.WaitGroup
	for i := range *loadConnections {
		all.Go(func() {
			time.Sleep(time.Duration(i) * token * letters / time.Duration(*loadConnections)) // as they come, and not in step
			for range *loadRequests {
				begun := time.Now()
				body := fmt.Sprintf(`{%s,"stream":%v}`, hello, i%2 == 0)
				resp, err := client.Post(s.url+"/v1/chat/completions", "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				data, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != 200 || !strings.Contains(string(data), "stop") {
					t.Errorf("%d %v %s", resp.StatusCode, err, data)
				}
				parts := strings.Split(string(data), "|")
				if len(parts) != 3 {
					t.Errorf("no time in %s", data)
					return
				}
				own, err := strconv.ParseInt(parts[1], 10, 64)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				over = append(over, time.Since(begun)-time.Duration(own))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(over)
	at := func(q float64) time.Duration { return over[int(q*float64(len(over)-1))] }
	t.Logf("%d requests on %d connections; beyond their samples' time they took %v (median), %v (99%%), %v (at most)", len(over), *loadConnections,
		at(0.5), at(0.99), at(1))
	if at(0.99) > *loadOverhead {
		t.Errorf("more than %v", *loadOverhead)
	}
}

func TestARequestMayTakeLongerThanItsSending(t *testing.T) {
	s := up(t, newFake(2, 100*time.Millisecond, strings.Repeat("a", 15)), func(o *Options) { o.patience = 100 * time.Millisecond })
	for _, stream := range []bool{false, true} {
		if status, body := post(t, s.url+"/v1/chat/completions", fmt.Sprintf(`{%s,"stream":%v}`, hello, stream)); status != 200 || !strings.Contains(body, `"stop"`) {
			t.Errorf("streamed %v: %d %s", stream, status, body)
		}
	}
	time.Sleep(200 * time.Millisecond) // and the connection goes on after that
	resp, err := http.Get(s.url + "/v1/models")
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != 200 || resp.Body.Close() != nil {
		t.Errorf("%d %s, %v", resp.StatusCode, body, err)
	}
}

// deaf is an engine of which one sample in eight answers, and the others neither end nor land.
type deaf struct {
	*fake
	started atomic.Int32
}

func (d *deaf) Start(r engine.Request) error {
	if d.started.Add(1)%8 != 1 {
		return nil
	}
	return d.fake.Start(r)
}
func (d *deaf) Land(...uint64) {}

func TestAVoteMayTakeAsLongAsARequest(t *testing.T) {
	f := newFake(8, 0, `\boxed{7}`)
	s := upWith(t, Options{Engine: &deaf{fake: f}, Model: f, About: remote.Extension{MaxTokens: 100, LandTokens: 24}, Timeout: 300 * time.Millisecond})
	for _, budget := range []string{`,"budget_s":0.3`, ``, `,"budget_s":0.3,"stream":true`, ``} {
		begun := time.Now()
		status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`,"votes":8`+budget+`}`)
		if status != 200 || !strings.Contains(body, `"caucus":{"answer":"7"`) || time.Since(begun) < 300*time.Millisecond {
			t.Errorf("%s: %d %s after %v", budget, status, body, time.Since(begun))
		}
	}
}

func TestAnswersAreBoundedByTheRoomThatThereIs(t *testing.T) {
	for _, tt := range []struct{ slots, queue, most int }{{1, 0, 1}, {2, 0, 2}, {1, 4, 5}, {100, 27, 127}, {100, 28, 128}, {100, 29, 128}} {
		s := up(t, newFake(tt.slots, 0, "a"), func(o *Options) { o.Queue = tt.queue })
		for n, want := range map[int]int{1: 200, tt.most: 200, tt.most + 1: 400} {
			status, body := post(t, s.url+"/v1/chat/completions", fmt.Sprintf(`{%s,"n":%d}`, hello, n))
			if status != want || want == 400 && !strings.Contains(body, fmt.Sprintf("n: %d is not between 1 and %d", n, tt.most)) {
				t.Errorf("%d of %d slots and %d that wait: %d %s", n, tt.slots, tt.queue, status, body)
			}
		}
	}
}

func TestWithoutAQueueNobodyWaits(t *testing.T) {
	f := newFake(1, time.Hour, "a")
	s := up(t, f, func(o *Options) { o.Queue, o.Timeout = 0, time.Second })
	var running sync.WaitGroup
	running.Go(func() { post(t, s.url+"/v1/chat/completions", `{`+hello+`}`) })
	for f.live() < 1 {
		time.Sleep(time.Millisecond)
	}
	if status, body := post(t, s.url+"/v1/chat/completions", `{`+hello+`}`); status != http.StatusTooManyRequests {
		t.Errorf("a sample beyond the slots: %d %s", status, body)
	}
	running.Wait()
}

// TestAClientMayTakeAsLongAsItReads has answers of 5 MB for clients that read 1.5 MB a second, and for some that do not read.
func TestAClientMayTakeAsLongAsItReads(t *testing.T) {
	s := up(t, newFake(maxChoices, 0, strings.Repeat("a", 700)), func(o *Options) { o.About.MaxTokens, o.patience = 700, 700*time.Millisecond })
	ask := func(t *testing.T, stream bool) io.ReadCloser {
		t.Parallel()
		body := fmt.Sprintf(`{%s,"n":%d,"logprobs":true,"stream":%v}`, hello, maxChoices, stream)
		resp, err := http.Post(s.url+"/v1/chat/completions", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp.Body
	}
	for _, stream := range []bool{false, true} {
		t.Run(fmt.Sprintf("steady, streamed %v", stream), func(t *testing.T) {
			body, text, err := ask(t, stream), strings.Builder{}, error(nil)
			for begun := time.Now(); err == nil; time.Sleep(10 * time.Millisecond) {
				if _, err = io.CopyN(&text, body, 15<<10); err != nil && err != io.EOF {
					t.Errorf("%v after %d bytes and %v", err, text.Len(), time.Since(begun))
				}
			}
			if n := strings.Count(text.String(), `"finish_reason":"stop"`); n != maxChoices || text.Len() < 5<<20 {
				t.Errorf("%d choices in %d bytes", n, text.Len())
			}
		})
		t.Run(fmt.Sprintf("idle, streamed %v", stream), func(t *testing.T) {
			body := ask(t, stream)
			time.Sleep(2 * s.opt.patience)
			if _, err := io.Copy(io.Discard, body); err == nil {
				t.Error("it is borne with")
			}
		})
	}
}
