import { SEARCH_FORM_ID } from "./search-form.tsx";

const MOST_SHOWN = 12;

interface ServiceFacetProps {
  readonly typed: string;
  readonly chosen: string | null;
  readonly services: readonly string[];
  readonly onType: (text: string) => void;
  readonly onChoose: (service: string | null) => void;
}

/** A field for any service by name, and a button for each one the answers so far have shown. */
export function ServiceFacet({ typed, chosen, services, onType, onChoose }: ServiceFacetProps) {
  const fitting = services.filter(
    (service) => service === chosen || typed === chosen || service.includes(typed),
  );
  return (
    <fieldset className="facet">
      <legend>Service</legend>
      <input
        type="text"
        form={SEARCH_FORM_ID}
        className="input input-small"
        aria-label="Service name"
        placeholder="Any service"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <div className="facet-options">
        {chosen !== null ? (
          <button type="button" className="facet-option" onClick={() => onChoose(null)}>
            All services
          </button>
        ) : null}
        {fitting.slice(0, MOST_SHOWN).map((service) => (
          <button
            key={service}
            type="button"
            className="facet-option"
            aria-pressed={service === chosen}
            onClick={() => onChoose(service === chosen ? null : service)}
          >
            {service}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
