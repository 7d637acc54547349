// What a redirect brought in the address beside a refusal: the number that was typed, how long to wait, why one is here.
import { useEffect, useState } from "react";
import { useLocation } from "react-router";

const NOTHING = { number: "", shown: null, wait: 0, expired: false, ended: false, done: false, saved: false, due: false, next: "" };

/** The last part of the address, as it is now: a State may still be that of the page before. */
export function useLast() {
  return useLocation().pathname.replace(/\/+$/, "").split("/").pop();
}

/** Seconds of "wait" are turned into a moment of this browser's clock once, so that a reload doesn't begin them anew. */
function waitIn(query) {
  const seconds = Number(query.get("wait"));
  if (query.has("wait") && Number.isFinite(seconds)) {
    query.delete("wait");
    query.set("at", String(Date.now() + seconds * 1000));
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
  }
  return Math.max(0, Math.ceil((Number(query.get("at") ?? 0) - Date.now()) / 1000));
}

export function useArrival() {
  const { search } = useLocation();
  const [arrival, setArrival] = useState(NOTHING);
  useEffect(() => {
    const query = new URLSearchParams(search);
    const number = /^\d{7,15}$/.test(query.get("number") ?? "") ? query.get("number") : "";
    const next = query.get("next") ?? "";
    setArrival({
      number,
      shown: number ? { $msisdn: number } : null,
      wait: waitIn(query),
      expired: query.get("expired") === "1",
      ended: query.get("ended") === "1",
      done: query.get("done") === "1",
      saved: query.get("saved") === "1",
      due: query.get("due") === "1",
      next: /^\/(?!\/)/.test(next) ? next : "",
    });
  }, [search]);
  return arrival;
}
