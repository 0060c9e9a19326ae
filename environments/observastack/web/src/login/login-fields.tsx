import { type InputHTMLAttributes, type ReactNode, useId, useState } from "react";

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly error: string | null;
}

export function TextField({ autoComplete, ...field }: FieldProps & { autoComplete: string }) {
  return (
    <Field {...field} type="text" autoComplete={autoComplete} autoCapitalize="none" spellCheck={false} />
  );
}

export function PasswordField(field: FieldProps) {
  const [isShown, setShown] = useState(false);
  return (
    <Field {...field} type={isShown ? "text" : "password"} autoComplete="current-password">
      <button
        type="button"
        className="reveal"
        aria-pressed={isShown}
        onClick={() => setShown((shown) => !shown)}
      >
        {isShown ? "Hide" : "Show"}
        <span className="visually-hidden"> password</span>
      </button>
    </Field>
  );
}

function Field({
  label,
  error,
  children,
  ...input
}: FieldProps & InputHTMLAttributes<HTMLInputElement> & { children?: ReactNode }) {
  const id = useId();
  const errorId = `${id}-error`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-control">
        <input
          {...input}
          id={id}
          className="input"
          required
          aria-invalid={error !== null}
          aria-describedby={error ? errorId : undefined}
        />
        {children}
      </div>
      {error ? (
        <p id={errorId} className="field-error">
          {error}
        </p>
      ) : null}
    </div>
  );
}
