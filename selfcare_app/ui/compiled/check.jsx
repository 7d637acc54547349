// The check of a form: digits in a picture, or the same kind of digits in words; a new one after every refusal.
import { useEffect, useRef, useState } from "react";
import { Labelled } from "$/frame/field";
import { useForm } from "$/frame/form";

const PICTURE = "/session/check/picture";
const WORDS = "/session/check/words";
const CHECKS = new Set(["access.error.check_needed", "access.error.check_wrong"]);
const SMALL = "min-h-11 py-1 text-s font-semibold text-accent underline underline-offset-4";

export function Check({ name = "check", id = name, label, hint, alt, another, inWords, asPicture, failed, onDemand = false }) {
  const { errors } = useForm();
  const [turn, setTurn] = useState(0);
  const [said, setSaid] = useState(null);
  const [away, setAway] = useState(false);
  const [asked, setAsked] = useState(!onDemand);
  const field = useRef(null);
  const picture = useRef(null);
  const asking = useRef(null);
  const seen = useRef(errors);

  // Each check takes the place of the one before in a cookie: one that is still on its way would do so after the next.
  function drop() {
    asking.current?.abort();
    picture.current?.removeAttribute("src");
  }

  async function say() {
    const { signal } = (asking.current = new AbortController());
    setAway(false);
    try {
      const answer = await fetch(WORDS, { cache: "no-store", signal });
      if (!answer.ok) throw new Error();
      setSaid(await answer.text());
    } catch {
      if (!signal.aborted) setAway(true);
    }
  }

  function fresh(words) {
    if (field.current) field.current.value = "";
    drop();
    if (words) {
      say();
      return;
    }
    setSaid(null);
    setAway(false);
    setTurn((before) => before + 1);
  }

  useEffect(() => {
    if (seen.current === errors) return;
    seen.current = errors;
    // An answer of the server used the check up; a lost line did not.
    const told = Object.values(errors);
    if (told.some((each) => CHECKS.has(each?.key))) setAsked(true);
    if (told.length && !told.every((each) => String(each?.key).startsWith("shell."))) fresh(said !== null);
  }, [errors]);

  if (!asked) return null;
  return (
    <Labelled id={id} name={name} label={label} hint={hint}>
      {(described) => (
        <div className="flex flex-col gap-2">
          {said === null ? (
            <img
              ref={picture}
              src={turn ? `${PICTURE}?${turn}` : PICTURE} alt={alt} width={240} height={80}
              onError={() => setAway(true)} onLoad={() => setAway(false)}
              className="self-start rounded-card border border-line bg-white"
            />
          ) : (
            <p id={`${id}-words`} role="status" className="rounded-card border border-line bg-raised p-4 text-l">{said}</p>
          )}
          {away && <p role="alert" className="text-s text-bad">{failed}</p>}
          <input
            ref={field} id={id} name={name} type="text" inputMode="numeric" autoComplete="off" required spellCheck={false}
            maxLength={12} {...described}
            className="tabular h-12 w-full max-w-64 rounded-card border border-field-line bg-raised px-4 text-l tracking-widest aria-[invalid=true]:border-2 aria-[invalid=true]:border-bad"
          />
          <div className="flex flex-wrap gap-x-6">
            <button type="button" onClick={() => fresh(said !== null)} className={SMALL}>{another}</button>
            <button type="button" onClick={() => fresh(said === null)} className={SMALL}>{said === null ? inWords : asPicture}</button>
          </div>
        </div>
      )}
    </Labelled>
  );
}
