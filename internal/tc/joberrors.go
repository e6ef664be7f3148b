package tc

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
)

// JobError is what an instance says of an item of a job that failed, or of the job as a whole.
// Nothing names the item but its xid or summary somewhere in the texts.
type JobError struct {
	Code     string // 0x1006; "" where the instance does not say
	Severity string // Error, Warning, Info; likewise
	Reason   string
	Source   string // what it is about
}

// JobErrors reads what went wrong in a job; nothing if all went well, ErrJobRunning before the
// job has ended. An instance can say it in two places, in one of them, or in both: so an error can be
// there twice. With an error of its own, JobErrors returns what it has read.
func (c *Client) JobErrors(ctx context.Context, id int64) (all []JobError, unread error) {
	for _, place := range []string{"/errors", "/results"} {
		list, err := c.jobErrors(ctx, id, place)
		switch e, _ := errors.AsType[*Error](err); {
		case err == nil:
			all = append(all, list...)
		case e == nil || e.Cause == ErrJobRunning || IsAuth(err) || IsUnreachable(err):
			return all, err
		case e.Status != http.StatusNotFound:
			unread = err
		}
	}
	return all, unread
}

func (c *Client) jobErrors(ctx context.Context, id int64, place string) (list []JobError, err error) {
	cl := jobCall("read errors of batch job", id)
	cl.path, cl.file = cl.path+place, true
	cl.decode = func(r *answer) (err error) {
		list, err = c.readJobErrors(r)
		return err
	}
	err = c.do(ctx, &cl)
	return list, err
}

// readJobErrors reads a list of errors, by itself or as the data of an answer. An empty answer has none.
func (c *Client) readJobErrors(r *answer) (list []JobError, err error) {
	each := func(v value) error {
		list = append(list, JobError{
			Code: c.cleanText(v.get("code").text()), Severity: c.cleanText(v.get("severity").text()),
			Reason: c.cleanText(cmp.Or(v.get("errorReason").text(), v.text())),
			Source: c.cleanText(cmp.Or(v.get("errorSource").text(), v.get("errorMessage").text())),
		})
		return nil
	}
	s := newStream(r)
	start, err := s.peek()
	switch {
	case err != nil && s.err == io.EOF:
		return nil, nil
	case err == nil && start == '[':
		err = readEntries(s, r.entry, each)
	default:
		_, err = readListFrom(s, r, nil, each)
	}
	return list, err
}

// unpacked reads a file, compressed or not: whatever the headers of an answer say, a compressed one
// can come with or without one of them.
type unpacked struct {
	r     io.Reader
	begun bool
}

func (u *unpacked) Read(p []byte) (int, error) {
	if !u.begun {
		u.begun = true
		buffered := bufio.NewReader(u.r)
		u.r = buffered
		if magic, _ := buffered.Peek(2); string(magic) == "\x1f\x8b" {
			zipped, err := gzip.NewReader(buffered)
			if err != nil {
				return 0, err
			}
			u.r = zipped
		}
	}
	return u.r.Read(p)
}
