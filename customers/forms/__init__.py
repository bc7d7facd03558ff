"""Forms about customers: finding them, describing them, recording what they bought and gave back."""
