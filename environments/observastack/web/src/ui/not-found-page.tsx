import { Link } from "../router/router.tsx";
import { PageHeading } from "./page-heading.tsx";

export default function NotFoundPage() {
  return (
    <div className="blank">
      <PageHeading title="Page not found" />
      <p>There is nothing at this address.</p>
      <Link to="/logs" className="button">
        Go to logs
      </Link>
    </div>
  );
}
