// The push service of the npm package web-push-testing, which decrypts with code that is neither ours nor our double's.
// Started by hand, because its own command listens to the whole network. The port comes in PORT.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Service = require('web-push-testing/src/server.js');
const { PushApiModel } = require('web-push-testing/src/PushApiModel.js');

const service = new Service(new PushApiModel(), Number(process.env.PORT));
const listen = service._app.listen.bind(service._app);
service._app.listen = (port, ready) => listen(port, '127.0.0.1', ready);
service.startServer();
