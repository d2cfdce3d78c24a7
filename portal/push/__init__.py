"""What reaches people outside the portal's pages: feeds, digests, alerts, mail and chat."""
