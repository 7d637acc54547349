// A Vite plugin: leaves out of the bundle what this program never uses, so that the first page comes sooner.

const WITHOUT = [
  // The only transport is a websocket: no long polling, no WebTransport.
  [
    /engine\.io-client\/build\/esm\/transports\/index\.js$/,
    `import { WS } from "./websocket.js";
     export const transports = { websocket: WS };`,
  ],
  [/engine\.io-client\/build\/esm\/transports\/polling-xhr(\.node)?\.js$/, `export class XHR {}`],
  [/engine\.io-client\/build\/esm\/transports\/polling-fetch\.js$/, `export class Fetch {}`],
  [/engine\.io-client\/build\/esm\/transports\/webtransport\.js$/, `export class WT {}`],
  // Files are sent to endpoints of our own, never as events.
  [/utils\/helpers\/upload\.js$/, `export const uploadFiles = async () => false;`],
  // Properties are merged for slots of component libraries that are not here.
  [
    /node_modules\/mergician\/.*\.js$/,
    `export const mergician = (...parts) => Object.assign({}, ...parts);`,
  ],
  // Looks come from class names alone; the build refuses pages with styles of their own.
  [
    /node_modules\/@emotion\/react\/dist\/emotion-react[^/]*\.m?js$/,
    `import { createElement, Fragment } from "react";
     export const jsx = createElement;
     export { Fragment };`,
  ],
  // What Reflex needs of a cookie jar; our cookies of account are HttpOnly and never seen by scripts.
  [
    /node_modules\/universal-cookie\/.*\.m?js$/,
    `export default class Cookies {
       get(name) {
         const found = document.cookie.split("; ").find((pair) => pair.startsWith(name + "="));
         return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
       }
       set(name, value, { path = "/", maxAge, sameSite = "lax", secure, domain } = {}) {
         const parts = [name + "=" + encodeURIComponent(value), "path=" + path, "samesite=" + sameSite];
         if (maxAge !== undefined && maxAge !== null) parts.push("max-age=" + maxAge);
         if (domain) parts.push("domain=" + domain);
         if (secure) parts.push("secure");
         document.cookie = parts.join("; ");
       }
       remove(name, options) {
         this.set(name, "", { ...options, maxAge: 0 });
       }
     }`,
  ],
];

export default function lean() {
  return {
    name: "lean",
    enforce: "pre",
    load(id) {
      const path = id.split("?")[0];
      return WITHOUT.find(([pattern]) => pattern.test(path))?.[1] ?? null;
    },
  };
}
