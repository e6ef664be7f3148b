package tcsim

import "net/http"

// upload answers POST and PUT .../upload of a Document or Report
// (groups/retrieve_upload_update_document.rst).
func (c *call) upload() *answer {
	o := c.lookup()
	c.mayWrite(o.owner, "permGroup", o, false)
	if !isDocument(o) {
		panic(badRequest("A file can be uploaded for a Document or a Report only."))
	}
	if o.file != nil && c.r.Method == http.MethodPost && !c.flag("updateIfExists") {
		panic(badRequest("A file already exists for this item."))
	}
	t := &tx{st: c.st, c: c}
	t.change(o, func() {
		file := []byte(c.rawBody)
		o.file = &file
		if name, ok := c.param("filename", "fileName"); ok && name != "" {
			o.fields.set("fileName", name)
		}
	})
	t.touch(o, c.now)
	return c.done("Upload successful")
}

func (c *call) download() *answer {
	o := c.lookup()
	if o.file == nil {
		panic(errNotFound())
	}
	h := http.Header{"Content-Type": {"application/octet-stream"}}
	return &answer{status: http.StatusOK, header: h, body: *o.file}
}
