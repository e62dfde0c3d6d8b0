// What the pages of messages run, after app.js: the field, and sending that waits for a line.
import "./kept.js";
import "./outbox.js";
import "./compose.js";
import "./picker.js";
