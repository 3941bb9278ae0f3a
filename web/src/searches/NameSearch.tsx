import type { FormEvent } from "react";
import { Dialog } from "../ui/Dialog";
import dialog from "../ui/Dialog.module.css";
import { Failed } from "../ui/Notice";

interface Props {
  readonly title: string;
  /** The name that is in the field when the dialog opens. */
  readonly name: string;
  /** The error because of which the name was not saved; null if there was none. */
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onSave: (name: string) => void;
  readonly onClose: () => void;
}

/** A dialog that asks for the name of a saved search. */
export function NameSearch({ title, name, error, isPending, onSave, onClose }: Props) {
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    onSave(String(new FormData(event.currentTarget).get("name")));
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label className="field">
          <span>Name</span>
          <input className="input" name="name" required maxLength={100} defaultValue={name} />
        </label>
        {error && <Failed error={error} what="The search couldn’t be saved" />}
        <div className={dialog.actions}>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button" data-kind="primary" disabled={isPending}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
