// The settings of a connection as fields of a form, and as what there is for who only reads.

import { type SettingField, toText } from "../setting-values.ts";
import { TEXTS } from "../texts.ts";
import { Facts } from "./card.tsx";

const TEXT = TEXTS.settings;

interface Input {
  field: SettingField;
  name: string;
  /** Never a secret. */
  value: string;
  /** A secret is stored. */
  isStored: boolean;
  error: string | undefined;
}

export const SettingInput = (input: Input) => {
  const { field, name, error, isStored } = input;
  const hint = [field.says, field.secret ? (isStored ? TEXT.kept : TEXT.notStored) : null].filter(Boolean).join(". ");
  return (
    <div class="setting" data-field={error === undefined ? undefined : "error"}>
      <label for={name}>
        {field.field}
        {!field.isOptional && field.kind !== "flag" && (
          <small class="quiet"> {isStored ? TEXT.isStored : TEXT.required}</small>
        )}
      </label>
      <Control {...input} />
      {hint !== "" && (
        <small id={`${name}-hint`} data-hint>
          {hint}
        </small>
      )}
      {error !== undefined && (
        <small id={`${name}-error`} class="wrong">
          {error}
        </small>
      )}
    </div>
  );
};

const Control = ({ field: { kind, options, secret, says, isOptional }, name, value, error }: Input) => {
  const described = [
    ...(says !== null || secret ? [`${name}-hint`] : []),
    ...(error === undefined ? [] : [`${name}-error`]),
  ];
  const common = {
    id: name,
    name,
    "aria-describedby": described.length > 0 ? described.join(" ") : undefined,
    "aria-invalid": error === undefined ? undefined : ("true" as const),
  };
  // A browser would fill another password in, and keep this one.
  if (secret) return <input type="password" autocomplete="off" {...common} />;
  if (kind === "flag") return <input type="checkbox" checked={value !== "" && value !== "false"} {...common} />;
  if (kind === "json") return <textarea rows={6} spellcheck={false} {...common}>{`\n${value}`}</textarea>;
  if (kind === "choice") {
    return (
      <select {...common}>
        {isOptional && <option value="">{TEXT.none}</option>}
        {(options ?? []).map((option) => (
          <option value={option} selected={option === value}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  return <input type={kind === "number" ? "number" : "text"} step="any" value={value} autocomplete="off" {...common} />;
};

export const SettingsShown = ({
  fields,
  settings,
  sealed,
}: {
  fields: readonly SettingField[];
  settings: Readonly<Record<string, unknown>>;
  sealed: readonly string[];
}) => (
  <Facts
    facts={fields.map(({ field, secret }) => [
      field,
      secret ? (
        <span class="quiet">{sealed.includes(field) ? TEXT.stored : TEXT.notStored}</span>
      ) : (
        toText(settings[field]) || <span class="quiet">{TEXT.none}</span>
      ),
    ])}
  />
);
