export { type BrowserLaunch, browserLaunch, type Connection, connect } from "./connect.ts";
