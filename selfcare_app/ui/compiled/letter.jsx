// The value that a letter's link carries after its sign: taken out of the address before anything else hears of it.
import { useEffect, useState } from "react";

let carried = "";
function take() {
  const value = location.hash.slice(1);
  if (/^[\w-]{20,100}$/.test(value)) {
    carried = value;
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return carried;
}
if (typeof window !== "undefined") take();

/** Null until the page is alive, then the value, empty where the address had none. */
function useCarried() {
  const [value, setValue] = useState(null);
  useEffect(() => setValue(take()), []);
  return value;
}

/** A form's hidden field with the value, and the rest of the form; nothing without a value. */
export function WithLetter({ name, children }) {
  const value = useCarried();
  return value ? (
    <>
      <input type="hidden" name={name} value={value} />
      {children}
    </>
  ) : null;
}

/** What stands where the page was not opened by a letter's link. */
export function WithoutLetter({ children }) {
  return useCarried() === "" ? children : null;
}
