// When drawing a page fails: say so in plain words, keep the way out, tell the server once.
import { Component } from "react";
import { useWords } from "$/words/words";

/** What broke the page may be kept on the server for this tab: the tab begins anew. */
function forget() {
  try {
    sessionStorage.removeItem("token");
  } catch {
    // storage is off: there is nothing to forget
  }
}

function Apology() {
  const t = useWords();
  return (
    <main id="main" tabIndex={-1} className="mx-auto flex max-w-xl flex-col gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">{t("shell.crash.title")}</h1>
      <p>{t("shell.crash.lead")}</p>
      <p className="flex flex-wrap gap-4">
        <a href="" onClick={forget} className="flex min-h-11 items-center rounded-card bg-accent px-6 font-semibold text-accent-text">
          {t("shell.crash.again")}
        </a>
        <a href="/" onClick={forget} className="flex min-h-11 items-center px-2 font-semibold text-accent underline">
          {t("shell.crash.home")}
        </a>
      </p>
    </main>
  );
}

export class Boundary extends Component {
  state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  componentDidCatch(error, info) {
    this.props.onError?.(error, info);
  }

  render() {
    return this.state.failed ? <Apology /> : this.props.children;
  }
}
