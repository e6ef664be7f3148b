// Package tc talks to a ThreatConnect instance over its v3 REST API (and the
// few v2 endpoints that v3 has no substitute for).
//
// What it promises:
//
//   - Every request goes through one place (Client.do): it waits for its turn,
//     is signed then, sent once, and its answer classified.
//     All callers of a Client share one limiter; when the instance says that
//     there were too many requests, all of them pause.
//   - Reads are repeated when they fail for a reason that can pass, writes only
//     where the instance has not carried them out. A write that it may have
//     carried out ends in an *InDoubtError, whether it could be repeated or not:
//     one look takes less time than ten tries.
//   - Errors are an *Error (maybe within an *InDoubtError) that matches one of
//     the Err… values with errors.Is and says what to do next. No error, log
//     line or URL carries a secret.
//   - Redirects are not followed, cookies not kept, and credentials go to the
//     configured host only, whatever the links in an answer say.
//   - Answers are decoded in every shape that any version of the API is known
//     to use; numbers may be strings, lists may be missing, dates be dirty.
//
// Jobs of the v2 Batch API are created, fed and asked for like anything else (CreateJob,
// JobFile, UploadJob, ReadJob, JobErrors). What becomes of their items is for the caller to
// find out: an instance says little of it, and not always the truth.
//
// The types of package intel go in and come out. What the API calls things is
// in intel's tables; how it spells lists, modes and answers is here.
package tc
