package tcsim

// Switches answer the questions that the public documents leave open. The zero
// value gives the documented or assumed default for each; in a string field ""
// and the first of its values mean the same. The tags feed ParseSwitch and
// SwitchNames: "json" is the switch's name, "values" its choices with the
// default first, "doc" one line of text.
type Switches struct {
	Strict string `json:"strict,omitempty" values:"on|off" doc:"requests that the documents do not cover, although many servers take them: 400, or taken"`

	// Writing what exists already.
	ExistingXID       string `json:"existing-xid,omitempty" values:"conflict|conflict400|upsert|upsert201|duplicate" doc:"POST of a group whose xid exists: 409 0x1006, 400 'already exists', update answered 200 or 201, or a second group"`
	ExistingIndicator string `json:"existing-indicator,omitempty" values:"created201|updated200|exists400|exists409" doc:"POST of an indicator that exists: updated and answered 201 or 200, or refused"`
	XIDScope          string `json:"xid-scope,omitempty" values:"owner|instance" doc:"where a group's xid must be unique"`
	XIDUnique         string `json:"xid-unique,omitempty" values:"exact|any-case" doc:"two groups whose xids differ in case only: allowed, or the xid exists already"`
	XIDOnUpdate       string `json:"xid-on-update,omitempty" values:"refused|accepted|ignored" doc:"PUT of a group that carries another xid"`
	XIDSlash          string `json:"xid-slash,omitempty" values:"accepted|refused" doc:"%2F inside a path segment: honoured, or 400 as many front ends do"`

	// Reading.
	MappingKey           string `json:"mapping-key,omitempty" values:"associatedType|type" doc:"the key that names the object type in an entry of attributeTypeMappings"`
	NestedCap            int    `json:"nested-cap,omitempty" doc:"greatest number of entries of a nested list in an answer; 0 = no cap"`
	EmptyNested          string `json:"empty-nested,omitempty" values:"object|absent|null|data|count" doc:"a requested but empty nested list: {}, left out, null, {\"data\":[]} or {\"count\":0}"`
	OldShapes            bool   `json:"old-shapes,omitempty" doc:"answers like 6.4/6.5: nested keys by default, {} and count, no ownerId, no legacyLink"`
	IDsAsStrings         bool   `json:"ids-as-strings,omitempty" doc:"ids as JSON strings"`
	VotesAsNumbers       bool   `json:"votes-as-numbers,omitempty" doc:"upVoteCount and downVoteCount as JSON numbers instead of strings"`
	DateShift            int    `json:"date-shift,omitempty" doc:"minutes by which dates read back later (negative: earlier) than they were sent"`
	Dates                string `json:"dates,omitempty" values:"clean|fraction|space|glued" doc:"dates as RFC 3339 whole seconds, with a fraction, with a trailing space, or with a second time glued on"`
	EventTypeCase        string `json:"event-type-case,omitempty" values:"none-upper|upper|kept" doc:"how eventType reads back"`
	ArtifactCase         string `json:"artifact-case,omitempty" values:"asked|shown" doc:"caseId and caseXid of an artifact: only where fields= asks for them, or always"`
	EventTypeShape       string `json:"event-type-shape,omitempty" values:"names|strings|values|missing" doc:"entries of eventTypeCategories: {\"name\":..}, strings, {\"value\":..}, or 404"`
	HiddenIndicators     string `json:"hidden-indicators,omitempty" values:"none|private|false-positive" doc:"indicators with this flag: left out of lists and of look-ups by summary"`
	ArchivedGroups       int64  `json:"archived-groups,omitempty" doc:"groups with IDs up to this one are archived: lists leave them out, and writes to them are 400"`
	Inactive             string `json:"inactive,omitempty" values:"hidden|shown" doc:"inactive indicators in lists that do not mention indicatorActive"`
	OwnGroup             bool   `json:"own-group,omitempty" doc:"a group appears in its own hasGroup(id=N) result"`
	DefaultOrder         string `json:"default-order,omitempty" values:"id-desc|id-asc|name" doc:"order of lists without sorting"`
	PageLimit            int    `json:"page-limit,omitempty" doc:"pages silently clamped to this many results; 0 = 10000, and more is 400"`
	OverLimit            string `json:"over-limit,omitempty" values:"refused|clamped" doc:"resultLimit above 10000"`
	Count                string `json:"count,omitempty" values:"asked|first|missing|always" doc:"when a list answer has count: where count=true asks for it, only on the first page, never, always"`
	Next                 string `json:"next,omitempty" values:"absolute|foreign|no-api|relative|absent" doc:"the next link: own host, a foreign host, without the /api prefix, relative, or missing although there is more"`
	BodyNext             string `json:"body-next,omitempty" values:"full|bare|absent" doc:"next of a GET whose parameters came in the body: with all parameters, only with the page, or missing"`
	GetBody              string `json:"get-body,omitempty" values:"honoured|ignored|refused" doc:"parameters in the body of a GET"`
	PostFields           string `json:"post-fields,omitempty" values:"honoured|ignored" doc:"fields= on POST and PUT"`
	UnknownFields        string `json:"unknown-fields,omitempty" values:"ignored|refused" doc:"with strict=off only: an unknown name in fields="`
	ExtraLinks           bool   `json:"extra-links,omitempty" doc:"the user may exceed the API link limit (fields=a.b.c)"`
	ListDelay            int    `json:"list-delay,omitempty" doc:"list answers show a new group or indicator only after this many further requests"`
	ListDelayMS          int    `json:"list-delay-ms,omitempty" doc:"list answers show a new group or indicator only after this many milliseconds"`
	NestedDelayMS        int    `json:"nested-delay-ms,omitempty" doc:"nested lists in answers of GET show a new entry only after this many milliseconds; the lists themselves show it at once"`
	AttributeListDelayMS int    `json:"attribute-list-delay-ms,omitempty" doc:"/v3/groupAttributes shows a new attribute only after this many milliseconds"`
	XIDDelayMS           int    `json:"xid-delay-ms,omitempty" doc:"a group in the path by its xid is 404 for this many milliseconds after it was made; its ID works at once"`
	FirstID              int64  `json:"first-id,omitempty" doc:"ids of objects made from now on start here (such as 9007199254740993)"`

	// Text and comparison.
	SummaryCase   string            `json:"summary-case,omitempty" values:"insensitive|sensitive" doc:"summary = and IN in TQL (of types whose case preference is sensitive, such as URL and Mutex, always case-sensitive)"`
	SubjectCase   string            `json:"subject-case,omitempty" values:"sensitive|insensitive" doc:"Email Subject and Hashtag in two spellings: two indicators, or one"`
	XIDCase       string            `json:"xid-case,omitempty" values:"sensitive|insensitive" doc:"xid in the path"`
	OwnerCase     string            `json:"owner-case,omitempty" values:"sensitive|insensitive" doc:"owner names in owner= and ownerName"`
	GroupTypeCase string            `json:"group-type-case,omitempty" values:"exact|any" doc:"case of a group's type in a request"`
	HostCase      string            `json:"host-case,omitempty" values:"lower|kept" doc:"case of Host, URL host and EmailAddress as stored"`
	IPv6          string            `json:"ipv6,omitempty" values:"expanded|compressed" doc:"how IPv6 addresses are stored"`
	TechniqueName string            `json:"technique-name,omitempty" values:"id-and-name|name" doc:"name of an ATT&CK tag: T1566 - Phishing, or Phishing"`
	NameLimit     int               `json:"name-limit,omitempty" doc:"greatest length of a group's name; 0 = 200"`
	TagRules      map[string]string `json:"tag-rule,omitempty" doc:"tag normalisation, tag-rule=Old>Main; may be repeated"`

	// Nested lists in requests.
	AttributeAppend   string `json:"attribute-append,omitempty" values:"duplicates|dedupes" doc:"append of an attribute that is there already"`
	NameText          string `json:"name-text,omitempty" values:"kept|escaped|squeezed|plain" doc:"how names are stored: as sent, with &, < and > as HTML entities, with white space squeezed, or also without characters of four bytes in UTF-8, such as emoji"`
	AttributeText     string `json:"attribute-text,omitempty" values:"kept|escaped|squeezed|plain" doc:"how values of attributes are stored: as sent, with &, < and > as HTML entities, with white space squeezed, or also without characters of four bytes in UTF-8, such as emoji"`
	RequiredAttribute string `json:"required-attribute,omitempty" values:"TYPE" doc:"a new group without an attribute of this type is 400"`
	ReplaceEmpty      string `json:"replace-empty,omitempty" values:"empties|ignored|refused" doc:"mode replace with an empty data list"`
	NestedMetadata    string `json:"nested-metadata,omitempty" values:"honoured|ignored" doc:"rating, tags and the like of an indicator created inline"`
	NestedOwner       string `json:"nested-owner,omitempty" values:"organization|parent|query" doc:"owner of objects created inline that name none"`
	CrossOwner        string `json:"cross-owner,omitempty" values:"on|off400|off403" doc:"cross-owner associations: on, or refused with 400 or 403"`
	PartialWrites     bool   `json:"partial-writes,omitempty" doc:"a PUT that fails keeps what it did before the error"`
	UnknownKeys       string `json:"unknown-keys,omitempty" values:"ignored|refused" doc:"with strict=off only: unknown or inapplicable JSON keys of a request"`
	TaskStatus        string `json:"task-status,omitempty" values:"accepted|refused" doc:"status of a Task on POST (on PUT it is always refused)"`
	UnknownLabel      string `json:"unknown-label,omitempty" values:"refused|created|ignored" doc:"a security label that does not exist"`
	TechniqueSearch   string `json:"technique-search,omitempty" values:"served|refused" doc:"techniqueId in TQL on tags: understood, or 400 0x2001"`
	UnknownTechnique  string `json:"unknown-technique,omitempty" values:"refused|created|ignored" doc:"a techniqueId that does not exist"`
	RequestDates      string `json:"request-dates,omitempty" values:"lenient|strict" doc:"with strict=off only: dates in requests: any RFC 3339, or only YYYY-MM-DD and YYYY-MM-DDThh:mm:ssZ"`
	Touch             string `json:"touch,omitempty" values:"put|both|none" doc:"whose lastModified an association moves"`
	OwnerConflict     string `json:"owner-conflict,omitempty" values:"body|refused" doc:"with strict=off only: owner= beside another ownerName in the body"`

	// Refusals.
	UnknownOwner   string `json:"unknown-owner,omitempty" values:"403|401|404" doc:"status for an unknown or inaccessible owner"`
	CaseRole       string `json:"case-role,omitempty" values:"401|403" doc:"status where case objects need Organization Administrator"`
	NoErrCode      bool   `json:"no-err-code,omitempty" doc:"error bodies without errCode"`
	FailureStatus  bool   `json:"failure-status,omitempty" doc:"error bodies with status Failure instead of Error"`
	HTMLErrors     bool   `json:"html-errors,omitempty" doc:"error bodies as HTML pages"`
	SuccessStatus  string `json:"success-status,omitempty" values:"present|missing" doc:"status Success in good answers"`
	PutStatus      string `json:"put-status,omitempty" values:"200|201|202" doc:"HTTP status of a PUT that succeeded"`
	V2             string `json:"v2,omitempty" values:"served|missing" doc:"the endpoints of the v2 API: served, or 404 for all of them"`
	TrailingSlash  string `json:"trailing-slash,omitempty" values:"404|accepted" doc:"a path that ends in a slash"`
	MaxURL         int    `json:"max-url,omitempty" doc:"longest request target in bytes before 414; 0 = 8192"`
	TQLValues      int    `json:"tql-values,omitempty" doc:"TQL queries with more literals than this fail, as tql-timeout says; 0 = no limit"`
	TQLTimeout     string `json:"tql-timeout,omitempty" values:"500|400|invalid|refused" doc:"what tql-values answers: a timeout with status 500 or 400, 400 with errCode 0x2001, or 400 with 0x1001"`
	AuthFailure    string `json:"auth-failure,omitempty" values:"none|signature|timestamp|denied|unauthorized|html" doc:"refuse requests with this text, whatever their credentials"`
	AuthStatus     string `json:"auth-status,omitempty" values:"401|400|403" doc:"status of credential failures"`
	AuthAfter      int    `json:"auth-after,omitempty" doc:"auth-failure begins after this many requests, as where a token expires in the middle"`
	AuthFor        int    `json:"auth-for,omitempty" doc:"auth-failure lasts for this many requests; 0 = for good"`
	ReadOnlyAfter  int    `json:"read-only-after,omitempty" doc:"the user may not write any more after this many requests, as after a change of the role; 0 = never"`
	ClockOffset    int    `json:"clock-offset,omitempty" doc:"seconds that the server's clock is ahead (negative: behind)"`
	RateLimit      int    `json:"rate-limit,omitempty" doc:"429 above this many requests in a second; 0 = no limit"`
	RetryAfter     string `json:"retry-after,omitempty" values:"seconds|date|none" doc:"the Retry-After header of 429 and 503 answers"`
	RetrySeconds   int    `json:"retry-seconds,omitempty" doc:"how long Retry-After asks to wait; 0 = 1"`
	NotLicensed    int    `json:"not-licensed,omitempty" doc:"503 JSON 'not licensed' for the first N requests; -1 = for good"`
	Unavailable    int    `json:"unavailable,omitempty" doc:"503 with Retry-After for the first N requests; -1 = for good"`
	ArtifactLinks  string `json:"artifact-links,omitempty" values:"delete|stuck" doc:"mode delete and replace on artifact and case links of a group: work, or have no effect (as on some versions)"`
	ReadOnlyStatus string `json:"document-status,omitempty" values:"refused|ignored" doc:"status of a Document or Report in a request"`

	// Jobs of the Batch API.
	Batch                 string `json:"batch,omitempty" values:"served|disabled" doc:"the Batch API: served, or 503 as plain text"`
	BatchPermission       string `json:"batch-permission,omitempty" values:"role|none" doc:"who may create jobs: the role decides, or nobody may: 401 as plain text"`
	BatchFileLimit        int    `json:"batch-file-limit,omitempty" doc:"greatest size of a file in bytes; 0 = 2000000"`
	BatchIndicators       int    `json:"batch-indicators,omitempty" doc:"how many indicators a job may hold; 0 = 25000"`
	BatchSyncLimit        int    `json:"batch-sync-limit,omitempty" doc:"createAndUpload works files with fewer bytes off at once, and its answer has no id; 0 = none"`
	BatchDelayMS          int    `json:"batch-delay-ms,omitempty" doc:"a job is Queued for this many milliseconds before it begins"`
	BatchRate             int    `json:"batch-rate,omitempty" doc:"items of a job that are worked off in a second; 0 = all at once"`
	BatchQueue            string `json:"batch-queue,omitempty" values:"one|all" doc:"jobs are worked off one after the other, or side by side"`
	BatchStatus           string `json:"batch-status,omitempty" values:"full|short|flat" doc:"the status of a job: with id and counts at all times, only {\"status\":..} until it is Completed, or also without data and batchStatus around it"`
	BatchUnprocessed      string `json:"batch-unprocessed,omitempty" values:"unprocessCount|unprocessedCount" doc:"the key of the count of what was not worked off"`
	BatchCounts           string `json:"batch-counts,omitempty" values:"right|short|no-errors|zero" doc:"the counts of a job: right, one success too few, errors counted as successes, or 0"`
	BatchHang             int    `json:"batch-hang,omitempty" doc:"a job stays Running for good after this many steps; 0 = none does"`
	BatchHalt             int    `json:"batch-halt,omitempty" doc:"a job is Completed after this many steps, with an error, and the rest is not done; 0 = none is"`
	BatchTwice            bool   `json:"batch-twice,omitempty" doc:"each file is worked off twice, as where an instance restarts"`
	BatchGone             string `json:"batch-gone,omitempty" values:"never|completed|uploaded" doc:"when a job is 404: never, once it is Completed, or from the upload on, and it is never worked off"`
	BatchErrors           string `json:"batch-errors,omitempty" values:"both|errors|results" doc:"which endpoints for errors there are"`
	BatchErrorText        string `json:"batch-error-text,omitempty" values:"named|position|bare" doc:"errors name the xid or summary of the item and its place in the file, only the place, or neither"`
	BatchPartial          string `json:"batch-partial,omitempty" values:"refused|kept" doc:"an item of which an attribute, tag or label is refused: refused, or kept without it, and counted as an error"`
	BatchAbsent           string `json:"batch-absent,omitempty" values:"kept|emptied" doc:"what write type Replace does to a list that an item does not have: nothing, or it empties it"`
	BatchLinks            string `json:"batch-links,omitempty" values:"last|with-item" doc:"associations that items name are made after all items, or with each item where the other end is there"`
	BatchFileName         string `json:"batch-file-name,omitempty" values:"optional|required" doc:"fileName of a Document or Report in a file"`
	BatchMissingIndicator string `json:"batch-missing-indicator,omitempty" values:"refused|created" doc:"an association with an indicator that is neither in the file nor in the owner"`
}
