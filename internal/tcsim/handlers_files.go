package tcsim

import "net/http"

// upload answers POST and PUT .../upload of a Document or Report
// (groups/retrieve_upload_update_document.rst).
func (c *call) upload() (*answer, *apiError) {
	o, err := c.lookup()
	if err != nil {
		return nil, err
	}
	if err := c.mayWrite(o.owner, "permGroup", o, false); err != nil {
		return nil, err
	}
	if !isDocument(o) {
		return nil, badRequest("A file can be uploaded for a Document or a Report only.")
	}
	if o.file != nil && c.r.Method == http.MethodPost && !c.flag("updateIfExists") {
		return nil, badRequest("A file already exists for this item.")
	}
	t := &tx{st: c.st, c: c}
	t.change(o, func() {
		o.file = &c.rawBody
		if name, ok := c.param("filename", "fileName"); ok && name != "" {
			o.fields.set("fileName", name)
		}
	})
	t.touch(o, c.now)
	e := &encoder{}
	e.open('{')
	return c.success(e, http.StatusOK, "Upload successful"), nil
}

func (c *call) download() (*answer, *apiError) {
	o, err := c.lookup()
	if err != nil {
		return nil, err
	}
	if o.file == nil {
		return nil, errNotFound()
	}
	h := http.Header{"Content-Type": {"application/octet-stream"}}
	return &answer{http.StatusOK, h, *o.file}, nil
}
