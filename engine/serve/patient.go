package serve

import (
	"context"
	"net"
	"net/http"
	"slices"
	"time"
)

// A patient writer gives a client a while to take each part of an answer, however long the whole is.
type patient struct {
	http.ResponseWriter
	control *http.ResponseController
	while   time.Duration
}

// Bytes of a part, and of what the system keeps of a connection. The system makes room for a part when about
// a third of what it keeps has been read: of these, at 20 KB a second; of the megabytes that it would keep, at above 100.
const (
	partBytes = 16 << 10
	keptBytes = 64 << 10
)

// inParts bounds what the system keeps of a connection.
func inParts(ctx context.Context, c net.Conn) context.Context {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(keptBytes) // it can do without, for all but slow clients
	}
	return ctx
}

// patiently answers by such a writer.
func (s *Server) patiently(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(patient{w, http.NewResponseController(w), s.opt.patience}, r)
	})
}

func (p patient) Write(data []byte) (written int, err error) {
	for part := range slices.Chunk(data, partBytes) {
		_ = p.control.SetWriteDeadline(time.Now().Add(p.while)) // one that cannot be set is none
		n, err := p.ResponseWriter.Write(part)
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// Unwrap is for http.ResponseController.
func (p patient) Unwrap() http.ResponseWriter { return p.ResponseWriter }
